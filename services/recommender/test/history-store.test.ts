import { randomUUID } from 'node:crypto';
import { type Kit, openKit, openProcess, openScope } from '@proxbalance/service-kit';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { testEnv } from '../../../tests/support/in-process.ts';
import { readConfig } from '../src/config.ts';
import { type HistoryStore, openHistoryStore } from '../src/learning/history-store.ts';
import { openLoadWindow } from '../src/learning/load-window.ts';
import type { ScoreRecord } from '../src/learning/score-record.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const now = Date.parse('2026-02-08T10:02:00Z');

const scope = openScope();
let kit: Kit;
let store: HistoryStore;
let prefix: string;
beforeAll(async () => {
  kit = await openKit(scope, await openProcess(scope, readConfig(testEnv()), 'recommender'), 'recommender');
});
beforeEach(() => {
  prefix = `${kit.keyPrefix}:${randomUUID()}`;
  store = openHistoryStore(kit.redis, prefix);
});
afterAll(() => scope.close());

const record = (at: number, cpu = 50): ScoreRecord => ({ at, health: 60, count: 1, nodes: { pve1: [40, cpu, 30] } });
const write = async (...times: number[]) => {
  for (const at of times) await store.append(record(at));
};
const ages = async (hours: number, at = now) => {
  const found: ScoreRecord[] = [];
  for await (const { records } of store.read(at - hours * hour, at)) found.push(...records);
  return found.map((one) => Math.round((at - one.at) / minute));
};

test('what was appended is read, oldest first, from the time on that is asked for', async () => {
  await write(now - 3 * hour, now - 2 * hour, now - minute);
  expect(await ages(24)).toEqual([180, 120, 1]);
  expect(await ages(2.5)).toEqual([120, 1]);
  expect(await ages(0.001)).toEqual([]);
  const [first] = (await store.read(0, now).next()).value?.records ?? [];
  expect(first).toEqual(record(now - 3 * hour));
});

test('of what is older than a day one in five minutes is left, each once, and of the day everything', async () => {
  const old = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9].map((minutes) => now - 2 * day + minutes * minute);
  const recent = [0, 1, 2].map((minutes) => now - 10 * minute + minutes * minute);
  await write(...old, ...recent);
  expect((await ages(72)).length).toBe(3 + recent.length);
  expect((await ages(72)).slice(-3)).toEqual([10, 9, 8]);
});

test('no record is read twice where the two streams meet', async () => {
  const times = Array.from({ length: 60 }, (_, i) => now - day - 30 * minute + i * minute);
  await write(...times);
  const found = await ages(48);
  expect(new Set(found).size).toBe(found.length);
  expect(found.filter((age) => age <= 24 * 60 - 5).length).toBe(
    times.filter((at) => now - at <= day - 5 * minute).length,
  );
});

test('more than a page is read in order', async () => {
  const times = Array.from({ length: 450 }, (_, i) => now - (450 - i) * 10_000);
  await write(...times);
  const found: number[] = [];
  for await (const { records } of store.read(now - day, now)) found.push(...records.map(({ at }) => at));
  expect(found).toEqual(times);
});

test('replicas write at once: nothing gets lost, whatever the order', async () => {
  await Promise.all([5, 3, 4, 1, 2, 2].map((seconds) => store.append(record(now - seconds * 1000))));
  expect((await ages(1)).length).toBe(6);
});

test('after thirty days it is gone', async () => {
  const times = Array.from({ length: 2000 }, (_, i) => now - 40 * day + i * 30 * minute);
  await write(...times);
  expect((await kit.redis.client.xlen(`${prefix}:scores:sampled`)) as number).toBeLessThan(1600);
  expect((await kit.redis.client.xlen(`${prefix}:scores`)) as number).toBeLessThan(200);
});

test('the window follows the store: means of hours, each record once, whoever appends', async () => {
  await write(now - 3 * day);
  await store.append(record(now - 2 * hour, 40));
  const window = openLoadWindow(store);
  await window.follow(now);
  const cpus = () => window.rows().map(({ nodes }) => nodes.pve1?.cpu);
  expect(cpus()).toEqual([50, 40]);
  await store.append(record(now - 2 * hour + minute, 60));
  await store.append(record(now, 70));
  await Promise.all([window.follow(now), window.follow(now)]);
  await window.follow(now);
  expect(cpus()).toEqual([50, 50, 70]);
  expect(window.rows()[1]).toMatchObject({
    at: (now - 2 * hour + minute / 2) / 1000,
    span: [(now - 2 * hour) / 1000, (now - 2 * hour + minute) / 1000],
  });
  await window.follow(now + 5 * day);
  expect(cpus()).toEqual([50, 70]);
});
