import {
  type MigrationOutcome,
  type Outcome,
  OutcomeCaptured,
  ReadOutcomes,
  RefreshOutcomes,
} from '@proxbalance/contracts';
import { afterEach, describe, expect, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { vm } from './support/cluster.ts';
import { type Lab, openLab } from './support/lab.ts';

/* The looks that are due 5 minutes, an hour and a day after a move come seconds after it here. */

const lateMs = 60_000;
const soon = {
  first: { afterMs: 1000, lateMs },
  second: { afterMs: 1500, lateMs },
  last: { afterMs: 2000, lateMs },
};
const hour = 3_600_000;
const load = (cpu: number) => ({ cpu, mem_used_bytes: 8 * 1024 ** 3, noise: 0, daily_amplitude: 0 });
const busy = (vmid: number, cpu = 0.8) => vm(vmid, { cores: 8, mem_bytes: 16 * 1024 ** 3, load: load(cpu) });

let lab: Lab;
afterEach(() => lab[Symbol.asyncDispose]());

const value = <T>(outcome: Outcome<T>): T => {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.error));
  return outcome.value;
};
const read = async (more: object = {}) => value(await lab.kit.bus.ask(ReadOutcomes, { limit: 20, offset: 0, ...more }));
const only = async (vmid: number): Promise<MigrationOutcome> => {
  const { outcomes } = await read({ vmid });
  expect(outcomes).toHaveLength(1);
  return outcomes[0] as MigrationOutcome;
};
const reaches = (vmid: number, status: MigrationOutcome['status']) =>
  eventually(
    async () => {
      const one = await only(vmid);
      expect(one.status).toBe(status);
      return one;
    },
    { withinMs: 30_000 },
  );
const captured = (vmid: number) =>
  lab.events
    .filter(({ type, subject }) => type === OutcomeCaptured.type && subject === String(vmid))
    .map(({ data }) => (data as MigrationOutcome).status);
const moved = async (vmid: number) => {
  await lab.accepted(vmid);
  const end = await lab.end(vmid);
  expect(end.state).toBe('completed');
  return end;
};

describe('a completed move', () => {
  test('is looked at three times and judged at both ends, in percentage points, and each look is told once', async () => {
    lab = await openLab({ guests: [busy(100), busy(101)], timing: soon });
    const end = await moved(100);
    const one = await reaches(100, 'completed');
    expect(one).toMatchObject({
      migration_id: end.migration_id,
      guest_type: 'VM',
      source_node: 'pve1',
      target_node: 'pve2',
      completed_at: end.finished_at,
      verdict: 'beneficial',
      source_verdict: 'beneficial',
      target_verdict: 'neutral',
      notes: [],
    });
    // 6.4 of 16 threads, and 8 GiB with what the host adds to it, of 64 GiB.
    expect(one.predicted.source_cpu_delta).toBeCloseTo(40, 0);
    expect(one.predicted.target_cpu_delta).toBeCloseTo(-40, 0);
    expect(one.predicted_improvement).toBe(one.predicted.source_cpu_delta);
    expect(one.actual_improvement?.source_cpu_delta).toBeCloseTo(40, 0);
    expect(one.actual_improvement?.target_cpu_delta).toBeCloseTo(-40, 0);
    expect(one.accuracy_pct).toBeGreaterThan(90);
    expect(one.pre_migration.source_node).toMatchObject({ guest_count: 2, iowait: expect.any(Number) });
    expect(one.post_24h?.target_node).toMatchObject({ guest_count: 1 });
    expect(one.post_migration).toEqual(one.post_5min);
    await eventually(() => expect(captured(100)).toEqual(['pending_1h', 'pending_24h', 'completed']));
  });

  test('is judged without what another guest brought along in the meantime', async () => {
    const timing = {
      first: { afterMs: 25_000, lateMs },
      second: { afterMs: hour, lateMs },
      last: { afterMs: 24 * hour, lateMs },
    };
    lab = await openLab({ guests: [busy(100), busy(101)], timing });
    await moved(100);
    await moved(101);
    const one = await reaches(100, 'pending_1h');
    expect(one.post_5min?.others?.target_cpu_delta).toBeCloseTo(-40, 0);
    expect(one.actual_improvement?.source_cpu_delta).toBeCloseTo(40, 0);
    expect(one.actual_improvement?.target_cpu_delta).toBeCloseTo(-40, 0);
    expect(one.notes).toEqual(['source: left 101; not counted', 'target: came 101; not counted']);
  });

  test('whose guest went on elsewhere is inconclusive', async () => {
    lab = await openLab({ guests: [busy(100)], timing: { ...soon, last: { afterMs: 25_000, lateMs } } });
    await moved(100);
    await lab.accepted(100, { source_node: 'pve2', target_node: 'pve3' });
    await eventually(async () => expect(await lab.simulator.nodeOf(100)).toBe('pve3'), { withinMs: 20_000 });
    const first = await eventually(
      async () => {
        const found = (await read({ vmid: 100 })).outcomes.find(({ target_node }) => target_node === 'pve2');
        expect(found?.status).toBe('completed');
        return found;
      },
      { withinMs: 30_000 },
    );
    expect(first).toMatchObject({ verdict: 'inconclusive', sustained_improvement: null });
    expect(first?.notes).toContain('guest 100 did not stay on the target as it was');
  });
});

test('a look that nobody could take in its time is unknown, and the rest goes on', async () => {
  const timing = { ...soon, first: { afterMs: 3000, lateMs: 1000 } };
  lab = await openLab({ guests: [busy(100)], timing });
  const end = await moved(100);
  const fault = await lab.simulator.fault({ kind: 'api-error', status: 500 });
  await eventually(() => expect(Date.now()).toBeGreaterThan(Date.parse(end.finished_at ?? '') + 4500));
  await lab.simulator.lift(fault);
  const one = await reaches(100, 'completed');
  expect(one).toMatchObject({ post_5min: null, actual_improvement: null, accuracy_pct: null, verdict: 'beneficial' });
  expect(one.notes).toContain('post_5min: nobody could look in time');
});

test('a move that failed has no outcome', async () => {
  lab = await openLab({ guests: [busy(100), busy(101)], timing: soon });
  await lab.simulator.fault({ kind: 'migration-fails', vmid: 100, phase: 'prepare' });
  await lab.accepted(100);
  expect((await lab.end(100)).state).toBe('failed');
  await moved(101);
  await reaches(101, 'completed');
  expect((await read()).outcomes.map(({ vmid }) => vmid)).toEqual([101]);
});

test('looks survive the death of the migrator, and two of them take each look once', async () => {
  lab = await openLab({ guests: [busy(100)], migrators: 0, timing: { ...soon, first: { afterMs: 4000, lateMs } } });
  const first = await lab.openMigrator();
  await moved(100);
  await eventually(() => only(100));
  await first[Symbol.asyncDispose]();
  await lab.openMigrator();
  await lab.openMigrator();
  await reaches(100, 'completed');
  await eventually(() => expect(captured(100)).toEqual(['pending_1h', 'pending_24h', 'completed']));
});

test('a migrator killed between the end of a move and its outcome: the next one opens it', async () => {
  lab = await openLab({ guests: [busy(100)], migrators: 0, timing: soon });
  const { client } = lab.kit.redis;
  const key = `${lab.env.PROXBALANCE_NAMESPACE}:migrator:outcomes`;
  // Of another type than the migrator expects: nothing can be opened as long as it is there.
  await client.set(key, 'in the way');
  const child = await lab.spawnMigrator();
  await moved(100);
  await child.kill9();
  await client.del(key);
  await lab.openMigrator();
  expect(await reaches(100, 'completed')).toMatchObject({ verdict: 'beneficial' });
  await eventually(() => expect(captured(100)).toEqual(['pending_1h', 'pending_24h', 'completed']));
  expect(lab.told(100, 'migration.completed')).toHaveLength(1);
});

test('a job that was lost comes back with the next migrator', async () => {
  lab = await openLab({ guests: [busy(100)], migrators: 0, timing: { ...soon, first: { afterMs: 4000, lateMs } } });
  const first = await lab.openMigrator();
  await moved(100);
  await eventually(() => only(100));
  await first[Symbol.asyncDispose]();
  const keys = await lab.kit.redis.client.keys(`${lab.env.PROXBALANCE_NAMESPACE}:migrator:outcomes:*`);
  expect(keys.length).toBeGreaterThan(0);
  await lab.kit.redis.client.del(...keys);
  await lab.openMigrator();
  await reaches(100, 'completed');
});

test('a refresh takes what is due, says what is not, and why it could not', async () => {
  const timing = {
    first: { afterMs: 4000, lateMs },
    second: { afterMs: hour, lateMs },
    last: { afterMs: 2 * hour, lateMs },
  };
  lab = await openLab({ guests: [busy(100)], timing });
  const refresh = async () => value(await lab.kit.bus.ask(RefreshOutcomes, {}));
  expect(await refresh()).toEqual({ updated: 0, skipped: 0, error: null });
  await moved(100);
  const fault = await lab.simulator.fault({ kind: 'api-error', status: 500 });
  await eventually(
    async () =>
      expect(await refresh()).toEqual({ updated: 0, skipped: 1, error: expect.stringContaining('simulated failure') }),
    { withinMs: 20_000 },
  );
  await lab.simulator.lift(fault);
  expect(await refresh()).toEqual({ updated: 1, skipped: 0, error: null });
  expect(await only(100)).toMatchObject({ status: 'pending_1h', verdict: null, accuracy_pct: expect.any(Number) });
  expect(await refresh()).toEqual({ updated: 0, skipped: 1, error: null });
  await eventually(() => expect(captured(100)).toEqual(['pending_1h']));
  expect(await read()).toMatchObject({ total: 1, statistics: { total_completed: 0, success_rate: null } });
});

test('outcomes are told newest first, by guest, and in pages', async () => {
  lab = await openLab({ guests: [busy(100, 0.5), busy(101, 0.5), busy(102, 0.5)], timing: soon });
  for (const vmid of [100, 101, 102]) await moved(vmid);
  await eventually(async () => expect((await read()).outcomes.map(({ vmid }) => vmid)).toEqual([102, 101, 100]));
  expect(await read({ limit: 1, offset: 1 })).toMatchObject({ total: 3, outcomes: [{ vmid: 101 }] });
  expect(await read({ vmid: 101 })).toMatchObject({ total: 1, outcomes: [{ vmid: 101 }] });
  expect(await read({ vmid: 999 })).toMatchObject({ total: 0, outcomes: [] });
  for (const vmid of [100, 101, 102]) await reaches(vmid, 'completed');
  // The third one carried the peak over: pve2 was the hotter node already.
  expect(await only(102)).toMatchObject({
    verdict: 'harmful',
    source_verdict: 'beneficial',
    target_verdict: 'harmful',
  });
  const { statistics } = await read();
  expect(statistics).toMatchObject({
    total_completed: 3,
    success_rate: 66.7,
    verdict_counts: { beneficial: 2, neutral: 0, harmful: 1 },
  });
});
