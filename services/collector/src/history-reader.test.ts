import type { NodeSample, Proxmox } from '@proxbalance/proxmox';
import { expect, test } from 'vitest';
import { openHistoryReader } from './history-reader.ts';
import type { Memory } from './memory.ts';
import { gap, nodeSample } from './testing/rows.ts';

const pace = { refreshMs: 60 * 60_000, workers: 5 };
const silent = { warn: () => undefined } as unknown as Parameters<typeof openHistoryReader>[0];

/** One node, whose series is what `day` says; null: it can't be read. */
function world() {
  const state: { asked: string[]; day: NodeSample[] | null } = { asked: [], day: [nodeSample(0)] };
  const proxmox = {
    nodeRrd: async (_node: string, timeframe: string) => {
      state.asked.push(timeframe);
      if (!state.day) throw new Error('no luck');
      return state.day;
    },
  } as unknown as Proxmox;
  const memory = { histories: new Map(), hasNewHistories: false } as unknown as Memory;
  let seconds = 1_000_000;
  const reader = openHistoryReader(
    silent,
    () => new Date(seconds * 1000),
    new AbortController().signal,
    () => pace,
  );
  /** The same through another client. */
  const other = { ...proxmox } as Proxmox;
  const read = async (later = 0, of = proxmox) => {
    seconds += later;
    state.asked = [];
    await reader.refresh(of, ['pve1'], memory, 1000);
    // What is only old is read while nobody waits, and handed over at the next tick.
    await new Promise(setImmediate);
    await reader.refresh(of, ['pve1'], memory, 1000);
    await new Promise(setImmediate);
    return state.asked;
  };
  return { state, memory, other, read };
}

test('the day is read every five minutes, the week every hour', async () => {
  const { read } = world();
  expect(await read()).toEqual(['week', 'day']);
  expect(await read(299)).toEqual([]);
  expect(await read(1)).toEqual(['day']);
  expect(await read(3300)).toEqual(['week', 'day']);
});

test.each<[string, NodeSample[] | null]>([
  ['that can not be read', null],
  ['that ends in a gap', [nodeSample(0), gap(3600)]],
])('a series %s is read again soon, not at each tick, and what was known stays', async (_, day) => {
  const { state, memory, read } = world();
  await read();
  state.day = day;
  expect(await read(300)).toEqual(['day']);
  expect(memory.histories.get('pve1')?.history.avg_cpu).toBe(50);
  expect(await read(44)).toEqual([]);
  state.day = [nodeSample(0)];
  expect(await read(1)).toEqual(['day']);
  expect(memory.histories.get('pve1')?.history.isRecent).toBe(true);
  expect(await read(299)).toEqual([]);
});

test('what one connection was told is not kept for the next', async () => {
  const { state, memory, other, read } = world();
  await read();
  state.day = null;
  expect(await read(1, other)).toEqual(['week']);
  expect(memory.histories.size).toBe(0);
});
