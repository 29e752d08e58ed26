import { randomUUID } from 'node:crypto';
import { outcomesMax } from '@proxbalance/contracts';
import { type Kit, openKit, openProcess, openScope } from '@proxbalance/service-kit';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { testEnv } from '../../../tests/support/in-process.ts';
import { anOutcome } from '../../../tests/support/nouns.ts';
import { readConfig } from '../src/config.ts';
import type { Looks, OutcomeRecord } from '../src/outcomes/record.ts';
import { type OutcomeStore, openOutcomeStore } from '../src/outcomes/store.ts';

const scope = openScope();
let kit: Kit;
let prefix: string;
let store: OutcomeStore;
beforeAll(async () => {
  kit = await openKit(scope, await openProcess(scope, readConfig(testEnv()), 'migrator'), 'migrator');
});
beforeEach(() => {
  prefix = `${kit.keyPrefix}:${randomUUID()}`;
  store = openOutcomeStore(kit.redis, prefix);
});
afterAll(() => scope.close());

const node = {
  cpu: 50,
  mem: 50,
  iowait: null,
  threads: 16,
  memBytes: 1024,
  guests: { 100: { cores: 1, memBytes: null } },
};
const looks: Looks = { before: { at: 0, source: node, target: node }, first: null };
const idOf = (index: number) => `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`;
const record = (index: number): OutcomeRecord => ({
  version: 1,
  outcome: anOutcome({
    migration_id: idOf(index),
    completed_at: new Date(Date.UTC(2026, 0, 1) + index * 1000).toISOString(),
    status: 'pending_5min',
    verdict: null,
  }),
  started_at: null,
  untold: false,
});

test('the newest 500 are kept, and of older ones nothing is left', async () => {
  for (let index = 0; index < outcomesMax + 10; index++) await store.add(record(index), looks);
  const kept = (await store.all()).map(({ outcome }) => outcome.migration_id);
  expect(kept).toHaveLength(outcomesMax);
  expect([kept[0], kept.at(-1)]).toEqual([idOf(outcomesMax + 9), idOf(10)]);
  expect((await store.pending()).sort()).toEqual([...kept].sort());
  expect(await store.load(idOf(9))).toBeNull();
  for (const name of ['outcomes', 'outcome-looks'])
    expect(await kit.redis.client.hlen(`${prefix}:${name}`)).toBe(outcomesMax);
});

test('what was written is read, and added once: adding again does not undo what came since', async () => {
  await store.keepBefore(idOf(1), looks.before);
  expect(await store.before(idOf(1))).toEqual(looks.before);
  await store.add(record(1), looks);
  expect(await store.before(idOf(1))).toBeNull();
  expect(await store.load(idOf(1))).toEqual({ record: record(1), looks });
  expect(await store.save({ ...record(1), untold: true }, looks, false)).toBe(true);
  await store.add(record(1), looks);
  expect(await store.load(idOf(1))).toMatchObject({ record: { version: 2, untold: true } });
});

test('of two that got further only one is written', async () => {
  await store.add(record(1), looks);
  const saved = await Promise.all([1, 2, 3].map(() => store.save(record(1), looks, false)));
  expect(saved.filter(Boolean)).toHaveLength(1);
  expect(await store.save(record(2), looks, false)).toBe(false);
});

test('one that is complete waits for nothing, and needs its looks no more', async () => {
  await store.add(record(1), looks);
  await store.save(record(1), null, true);
  expect(await store.pending()).toEqual([]);
  expect(await store.load(idOf(1))).toMatchObject({ looks: null });
  expect(await store.all()).toHaveLength(1);
});
