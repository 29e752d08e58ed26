import { randomUUID } from 'node:crypto';
import { type ClusterPlan, type Guest, MakePlan, MigrationRequested, SnapshotTaken } from '@proxbalance/contracts';
import type { Kit } from '@proxbalance/service-kit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { aCluster, aGuest, aNode, withTags } from '../../../libs/engine/src/testing/build.ts';
import { eventually } from '../../../tests/support/eventually.ts';
import { aMigration } from '../../../tests/support/nouns.ts';
import { type Outside, openOutside, startRecommender } from './support/outside.ts';

let stack: AsyncDisposableStack;
let env: Outside['env'];
let outside: Kit;
let told: Outside['told'];
beforeEach(async () => {
  ({ stack, env, outside, told } = await openOutside());
  await startRecommender({ stack, env });
});
afterEach(() => stack.disposeAsync());

/** pve1 has it all. */
const show = async (parts: Partial<Guest> = {}) => {
  const guests = Array.from({ length: 8 }, (_, i) =>
    aGuest({ vmid: 100 + i, cpu_current: 40, mem_used_gb: 4, mem_max_gb: 6, ...parts }),
  );
  const nodes = [aNode({ cpu: 82, mem: 55 }), aNode({ name: 'pve2' }), aNode({ name: 'pve3' })];
  const id = { snapshot_id: randomUUID(), collected_at: new Date().toISOString() };
  await outside.bus.publish(SnapshotTaken, aCluster(nodes, guests, id));
  await eventually(() => expect(told).toHaveLength(1));
  return id;
};
type Request = Parameters<typeof outside.bus.ask<typeof MakePlan>>[1];
const ask = (request: Request) =>
  outside.bus.ask({ ...MakePlan, timeoutMs: 60_000 }, { time_limit_ms: 20_000, ...request });
const planned = async (request: Request): Promise<ClusterPlan> => {
  const answer = await ask(request);
  if (!answer.ok) throw new Error(`${answer.error.code}: ${answer.error.message}`);
  return answer.value;
};
const movesOf = ({ moves }: ClusterPlan) => moves.map(({ vmid, target_node }) => [vmid, target_node]);

describe('every goal', () => {
  test('balance: moves that even out, certified, from the latest snapshot; nothing is told or done', async () => {
    const { snapshot_id } = await show();
    const plan = await planned({ goal: 'balance' });
    expect(plan).toMatchObject({ status: 'ok', snapshot_id, certificate: { certified: true } });
    expect(plan.after?.cpu.deviation).toBeLessThan(plan.before.cpu.deviation / 2);
    expect(plan.snapshot_age_seconds).toBeLessThan(60);
    expect(await planned({ goal: 'balance' })).toMatchObject({ objective: plan.objective });
    expect(told).toHaveLength(1);
  });

  test('rules: repaired as far as can be, and why not all of them', async () => {
    await show({ tags: withTags('exclude_db') });
    const plan = await planned({ goal: 'rules' });
    expect(plan).toMatchObject({ status: 'partial', certificate: { certified: true } });
    expect(plan.moves.length).toBeGreaterThan(3);
    expect(plan.conflicts[0]?.reason).toMatch(/exclude_db/);
  });

  test('evacuate: the node is empty in the end', async () => {
    await show();
    const plan = await planned({ goal: 'evacuate', nodes: ['pve1'] });
    expect(plan.moves).toHaveLength(8);
    expect(plan.after?.nodes.pve1?.guests).toBe(0);
  });

  test('place: every new guest has a node', async () => {
    await show();
    const guests = [{ name: 'web', vcpus: 2, mem_gb: 4, count: 2, tags: ['exclude_web'] }];
    const plan = await planned({ goal: 'place', guests });
    expect(movesOf(plan).sort()).toEqual([
      [null, 'pve2'],
      [null, 'pve3'],
    ]);
  });

  test('what-if: a node fails', async () => {
    await show();
    const plan = await planned({ goal: 'what-if', overrides: { fail_nodes: ['pve1'] } });
    expect(plan.moves.map(({ action }) => action)).toEqual(Array(8).fill('restart'));
  });
});

test('a move under way is taken as done, and its guest left alone', async () => {
  await show();
  await outside.bus.publish(MigrationRequested, aMigration({ vmid: 100, source_node: 'pve1', target_node: 'pve2' }));
  await eventually(async () => expect((await planned({ goal: 'balance' })).before.nodes.pve2?.guests).toBe(1));
  const plan = await planned({ goal: 'balance' });
  expect(movesOf(plan).map(([vmid]) => vmid)).not.toContain(100);
  expect(plan.staying).toEqual({ migrating: 1 });
});

describe('what cannot be answered is refused', () => {
  test('no snapshot, unknown names, nonsense', async () => {
    expect(await ask({ goal: 'balance' })).toMatchObject({ error: { code: 'no-snapshot' } });
    await show();
    expect(await ask({ goal: 'evacuate', nodes: ['pve9'] })).toMatchObject({
      error: { code: 'node-not-found', details: [{ path: 'nodes.0', message: 'no node pve9 in the cluster' }] },
    });
    expect(await ask({ goal: 'evacuate' })).toMatchObject({ error: { code: 'invalid-input' } });
  });

  test('more plans at once than may wait', async () => {
    await show();
    const all = await Promise.all(Array.from({ length: 5 }, () => ask({ goal: 'balance' })));
    const refused = all.flatMap((one) => (one.ok ? [] : [one.error.code]));
    // On a busy machine one of those that wait may wait too long.
    expect(refused.length).toBeGreaterThanOrEqual(2);
    expect(refused.length).toBeLessThan(5);
    expect(new Set(refused)).toEqual(new Set(['too-many-requests']));
  });
});
