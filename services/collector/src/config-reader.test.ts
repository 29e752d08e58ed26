import type { Proxmox } from '@proxbalance/proxmox';
import { expect, test } from 'vitest';
import { describes, dueRows, openConfigReader, rowKey } from './config-reader.ts';
import type { KnownConfig, Memory } from './memory.ts';
import { configFacts, guestRow } from './testing/rows.ts';

const minute = 60_000;
const now = Date.parse('2026-01-01T12:00:00.000Z');
const ago = (minutes: number) => new Date(now - minutes * minute).toISOString();

const pace = { refreshMs: 60 * minute, workers: 5 };
const read = (row: ReturnType<typeof guestRow>, minutes = 1): [number, KnownConfig] => [
  row.vmid,
  { rowKey: rowKey(row), facts: configFacts(), readAt: ago(minutes) },
];
const rows = [100, 101, 102].map((vmid) => guestRow({ vmid }));
const due = (known: [number, KnownConfig][], failures: [number, { rowKey: string; at: number }][] = [], of = rows) =>
  Object.values(dueRows(of, new Map(known), new Map(failures), now))
    .flat()
    .map((row) => row.vmid);

test('what was never read comes first, then what changed', () => {
  const changed = read({ ...guestRow({ vmid: 100 }), tags: ['old'] });
  expect(due([changed, read(guestRow({ vmid: 101 }))])).toEqual([102, 100]);
});

test('what is known and looks the same is left alone', () => {
  expect(due(rows.map((row) => read(row)))).toEqual([]);
});

test('load alone is no change', () => {
  const busy = guestRow({ cpuRatio: 0.9, memUsedBytes: 5, uptimeSeconds: 7, netInBytes: 9 });
  expect(rowKey(busy)).toBe(rowKey(guestRow()));
});

test.each([
  ['its node', { node: 'pve2' }],
  ['its tags', { tags: ['a'] }],
  ['its lock', { lock: 'backup' }],
  ['its memory', { memTotalBytes: 1 }],
  ['its CPUs', { vcpus: 9 }],
  ['its disk', { diskTotalBytes: 1 }],
  ['its state', { status: 'stopped' }],
  ['its name', { name: 'other' }],
])('%s is', (_, more) => {
  expect(rowKey(guestRow(more))).not.toBe(rowKey(guestRow()));
});

const bare = { status: 'unknown', name: null, cpuRatio: null, vcpus: null, memTotalBytes: null, diskTotalBytes: null };

test.each([
  ['lost its statistics', bare, true],
  ['lost them on another node', { ...bare, node: 'pve2' }, false],
  ['lost them and is a container now', { ...bare, kind: 'lxc' }, false],
  ['looks otherwise', { name: 'other' }, false],
  ['looks the same', {}, true],
] as [string, Partial<ReturnType<typeof guestRow>>, boolean][])('a guest that %s', (_, more, same) => {
  const [, known] = read(guestRow());
  expect(describes(known, guestRow(more))).toBe(same);
  expect(due([[100, known]], [], [guestRow(more)])).toEqual(same ? [] : [100]);
});

test('what an older version kept is read anew', () => {
  const [, known] = read(guestRow());
  const [, ...rest] = JSON.parse(known.rowKey) as unknown[];
  const old = { ...known, rowKey: JSON.stringify(rest) };
  expect(describes(old, guestRow())).toBe(false);
  expect(describes(old, guestRow(bare))).toBe(false);
});

test('all is read again within half an hour, at no time all of it', () => {
  const many = Array.from({ length: 1000 }, (_, index) => guestRow({ vmid: 100 + index }));
  const dueAfter = (minutes: number) =>
    due(
      many.map((row) => read(row, minutes)),
      [],
      many,
    ).length;
  expect([dueAfter(15), dueAfter(30)]).toEqual([0, 1000]);
  const perMinute = Array.from({ length: 15 }, (_, minute) => dueAfter(16 + minute) - dueAfter(15 + minute));
  expect(Math.max(...perMinute)).toBeLessThan(100);
});

test('the oldest comes first', () => {
  expect(due(rows.map((row, index) => read(row, 31 + index)))).toEqual([102, 101, 100]);
});

test('how old it may get, the settings say: half an hour at most', () => {
  const known = new Map(rows.map((row) => read(row, 6)));
  const dueWithin = (minutes: number) => dueRows(rows, known, new Map(), now, minutes * minute).old.length;
  expect([240, 30, 5, 1].map(dueWithin)).toEqual([0, 0, 3, 3]);
});

test('no more are asked about at once than the settings allow', async () => {
  let busy = 0;
  let most = 0;
  const counting = {
    guestConfig: async () => {
      most = Math.max(most, ++busy);
      await new Promise((resolve) => setImmediate(resolve));
      busy--;
      return { raw: {}, digest: null, lock: null };
    },
  } as unknown as Proxmox;
  const silent = { debug: () => undefined, warn: () => undefined } as unknown as Parameters<typeof openConfigReader>[0];
  const over = new AbortController().signal;
  const workers = [1, 3];
  for (const count of workers) {
    most = 0;
    const memory = { configs: new Map(), unsaved: new Set() } as unknown as Memory;
    const reader = openConfigReader(
      silent,
      () => new Date(now),
      over,
      () => ({ ...pace, workers: count }),
    );
    const many = Array.from({ length: 12 }, (_, index) => guestRow({ vmid: 100 + index }));
    await reader.refresh(counting, many, memory, 1000);
    expect([memory.configs.size, most]).toEqual([12, count]);
  }
});

test('what could not be read is left alone for a while, unless it looks different now', () => {
  const failed = (
    vmid: number,
    seconds: number,
    key = rowKey(guestRow({ vmid })),
  ): [number, { rowKey: string; at: number }] => [vmid, { rowKey: key, at: now - seconds * 1000 }];
  expect(due([], [failed(100, 5), failed(101, 31), failed(102, 5, 'before')])).toEqual([101, 102]);
});

const silent = { debug: () => undefined, warn: () => undefined } as unknown as Parameters<typeof openConfigReader>[0];
const open = () =>
  openConfigReader(
    silent,
    () => new Date(now),
    new AbortController().signal,
    () => pace,
  );
const memoryOf = (known: [number, KnownConfig][] = []) =>
  ({ configs: new Map(known), unsaved: new Set() }) as unknown as Memory;
/** Answers only when told to, in the order it was asked. */
const slowProxmox = () => {
  const asked: number[] = [];
  const answers: (() => void)[] = [];
  const guestConfig = (_node: string, _kind: string, vmid: number) => {
    asked.push(vmid);
    return new Promise((resolve) => answers.push(() => resolve({ raw: {}, digest: null, lock: null })));
  };
  const answerAll = async () => {
    while (answers.length > 0) {
      answers.shift()?.();
      await new Promise(setImmediate);
    }
  };
  return { asked, answerAll, proxmox: { guestConfig } as unknown as Proxmox };
};

test('what was read while nobody waited is not read again at the next tick', async () => {
  const { asked, answerAll, proxmox } = slowProxmox();
  const [memory, reader] = [memoryOf(), open()];
  await reader.refresh(proxmox, rows, memory, 1);
  expect(memory.configs.size).toBe(0);
  await answerAll();
  await reader.refresh(proxmox, rows, memory, 100);
  expect(memory.configs.size).toBe(3);
  expect(asked).toEqual([100, 101, 102]);
});

test('nobody waits for what is only old, and what changes meanwhile goes before it', async () => {
  const { asked, answerAll, proxmox } = slowProxmox();
  const many = Array.from({ length: 1200 }, (_, index) => guestRow({ vmid: 1000 + index }));
  const [memory, reader] = [memoryOf(many.map((row) => read(row, 45))), open()];
  await reader.refresh(proxmox, many, memory, 60_000);
  expect(asked).toHaveLength(5);
  const renamed = many.with(700, guestRow({ vmid: 1700, name: 'new' }));
  await reader.refresh(proxmox, renamed, memory, 1);
  await answerAll();
  expect(asked[5]).toBe(1700);
  expect(asked).toHaveLength(1200);
});
