import { randomUUID } from 'node:crypto';
import {
  Generate,
  type Generation,
  GuestTagsChanged,
  ScoreNodes,
  Settings,
  SnapshotTaken,
  type TagState,
} from '@proxbalance/contracts';
import { type Kit, sealSecrets, settingsDocument } from '@proxbalance/service-kit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { aCluster, aGuest, aNode, withTags } from '../../../libs/engine/src/testing/build.ts';
import { eventually } from '../../../tests/support/eventually.ts';
import { type Outside, openOutside, startRecommender } from './support/outside.ts';

let stack: AsyncDisposableStack;
let env: Outside['env'];
let outside: Kit;
let told: Generation[];
beforeEach(async () => {
  ({ stack, env, outside, told } = await openOutside());
});
afterEach(() => stack.disposeAsync());

const start = () => startRecommender({ stack, env });
const snapshot = (parts: Parameters<typeof aCluster>[2] = {}, hot = 92) => {
  const guests = Array.from({ length: 8 }, (_, index) => aGuest({ vmid: 100 + index, cpu_current: 90 }));
  const nodes = [aNode({ name: 'pve1', cpu: hot, mem: 85 }), aNode({ name: 'pve2', cpu: 10, mem: 15 })];
  return aCluster(nodes, guests, { snapshot_id: randomUUID(), collected_at: new Date().toISOString(), ...parts });
};
const ask = async (wishes: object = {}) => outside.bus.ask(Generate, wishes);

describe('generations', () => {
  test('each snapshot that changes something is judged once, and compared with the generation before', async () => {
    await start();
    const [first, second] = [snapshot({}, 92), snapshot({}, 82)];
    await outside.bus.publish(SnapshotTaken, first);
    await eventually(() => expect(told).toHaveLength(1));
    await outside.bus.publish(SnapshotTaken, second);
    await eventually(() => expect(told).toHaveLength(2));
    expect(told.map(({ snapshot_id }) => snapshot_id)).toEqual([first.snapshot_id, second.snapshot_id]);
    expect(told[0]?.changes_since_last).toBeNull();
    expect(told[1]?.changes_since_last).toMatchObject({ previous_timestamp: told[0]?.generated_at });
  });

  test('one that is asked for uses the caller’s thresholds, and is told', async () => {
    await start();
    await outside.bus.publish(SnapshotTaken, snapshot());
    await eventually(() => expect(told).toHaveLength(1));
    const answer = await ask({ cpu_threshold: 99, mem_threshold: 98 });
    expect(answer).toMatchObject({
      ok: true,
      value: { parameters: { cpu_threshold: 99, mem_threshold: 98, iowait_threshold: 30 } },
    });
    await eventually(() => expect(told.at(-1)?.parameters.cpu_threshold).toBe(99));
  });

  test('saved thresholds and maintenance nodes count from the next judgement on', async () => {
    await start();
    await outside.bus.publish(SnapshotTaken, snapshot());
    const settings = Settings.parse({
      recommendation_thresholds: { cpu_threshold: 44 },
      maintenance_nodes: ['pve1', 'gone', '__proto__'],
    });
    await outside.bus.document(settingsDocument).write(sealSecrets(Settings, settings, outside.secrets), 0);
    await eventually(async () =>
      expect(await ask()).toMatchObject({ ok: true, value: { parameters: { cpu_threshold: 44 } } }),
    );
    await outside.bus.publish(SnapshotTaken, snapshot());
    await eventually(() =>
      expect(told.at(-1)?.parameters).toMatchObject({ cpu_threshold: 44, maintenance_nodes: ['pve1'] }),
    );
  });

  test('replicas share the work, and a stopped one leaves nothing undone', async () => {
    const first = await start();
    await start();
    for (let round = 1; round <= 4; round++) {
      if (round === 3) await first[Symbol.asyncDispose]();
      await outside.bus.publish(SnapshotTaken, snapshot({}, round % 2 ? 92 : 82));
      await eventually(() => expect(told).toHaveLength(round));
    }
    expect(new Set(told.map(({ snapshot_id }) => snapshot_id)).size).toBe(4);
  });

  describe('tags that were changed', () => {
    const tagged = (vmid: number, at: number, ...tags: string[]) => {
      const read_at = new Date(at).toISOString();
      return outside.bus.publish(GuestTagsChanged, { vmid, tags, parsed: withTags(...tags), read_at } as TagState);
    };
    const movedIn = (generation: Generation | undefined) => generation?.recommendations.map(({ vmid }) => vmid) ?? [];
    const before = () => new Date(Date.now() - 5000).toISOString();

    test('count without a new snapshot: a guest to be ignored is not recommended any more', async () => {
      await start();
      const first = snapshot({ collected_at: before() });
      await outside.bus.publish(SnapshotTaken, first);
      await eventually(() => expect(told).toHaveLength(1));
      const [vmid = 0] = movedIn(told[0]);
      expect(vmid).toBeGreaterThan(0);
      await tagged(vmid, Date.now(), 'ignore');
      await eventually(() => expect(told).toHaveLength(2));
      expect(told[1]).toMatchObject({ snapshot_id: first.snapshot_id });
      expect(movedIn(told[1])).not.toContain(vmid);
      const asked = await ask();
      expect(movedIn(asked.ok ? asked.value : undefined)).not.toContain(vmid);
    });

    test('of many guests are judged together, and those a snapshot told with it alone', async () => {
      await start();
      const first = snapshot({ collected_at: before() });
      await outside.bus.publish(SnapshotTaken, first);
      await eventually(() => expect(told).toHaveLength(1));
      await tagged(100, Date.parse(first.collected_at), 'web');
      for (let vmid = 100; vmid < 108; vmid++) await tagged(vmid, Date.now(), 'ignore');
      await eventually(() => expect(movedIn(told.at(-1))).toEqual([]));
      // Eight were changed: gathered as they came in, not judged one by one.
      expect(told.length).toBeLessThan(8);
      const next = snapshot({ collected_at: new Date(Date.now() + 5000).toISOString() });
      await outside.bus.publish(SnapshotTaken, next);
      await eventually(() => expect(told.at(-1)?.snapshot_id).toBe(next.snapshot_id));
      expect(movedIn(told.at(-1)).length).toBeGreaterThan(0);
    });

    test('after a snapshot was begun are laid over it, though it arrives later', async () => {
      await start();
      await outside.bus.publish(SnapshotTaken, snapshot({ collected_at: before() }));
      await eventually(() => expect(told).toHaveLength(1));
      const [vmid = 0] = movedIn(told[0]);
      await tagged(vmid, Date.now(), 'ignore');
      await eventually(() => expect(told).toHaveLength(2));
      const late = snapshot({ collected_at: new Date(Date.now() - 1000).toISOString() }, 82);
      await outside.bus.publish(SnapshotTaken, late);
      await eventually(() => expect(told.at(-1)?.snapshot_id).toBe(late.snapshot_id));
      expect(movedIn(told.at(-1))).not.toContain(vmid);
    });
  });

  test('a backlog is not worked off', async () => {
    const first = await start();
    await outside.bus.publish(SnapshotTaken, snapshot());
    await eventually(() => expect(told).toHaveLength(1));
    await first[Symbol.asyncDispose]();
    const missed = [1, 2, 3, 4, 5].map((second) =>
      snapshot({ collected_at: new Date(Date.now() + second * 1000).toISOString() }),
    );
    for (const one of missed) await outside.bus.publish(SnapshotTaken, one);
    await start();
    const newest = missed.at(-1)?.snapshot_id;
    await eventually(() => expect(told.at(-1)?.snapshot_id).toBe(newest));
    expect(told.length).toBeLessThan(1 + missed.length);
  });
});

describe('refusals', () => {
  test('without a snapshot there is nothing to judge', async () => {
    await start();
    await eventually(async () => expect(await ask()).toMatchObject({ ok: false, error: { code: 'no-snapshot' } }));
    expect(await outside.bus.ask(ScoreNodes, {})).toMatchObject({ ok: false, error: { code: 'no-snapshot' } });
  });

  test('a maintenance node or guest nobody knows is named', async () => {
    await start();
    await outside.bus.publish(SnapshotTaken, snapshot());
    await eventually(() => expect(told).toHaveLength(1));
    for (const name of ['pve9', 'constructor']) {
      const refused = {
        ok: false,
        error: {
          code: 'node-not-found',
          details: [{ path: 'maintenance_nodes', message: `no node ${name} in the cluster` }],
        },
      };
      expect(await ask({ maintenance_nodes: [name] })).toMatchObject(refused);
      expect(await outside.bus.ask(ScoreNodes, { maintenance_nodes: [name] })).toMatchObject(refused);
    }
    expect(await outside.bus.ask(ScoreNodes, { vmid: 999 })).toMatchObject({
      ok: false,
      error: { code: 'guest-not-found' },
    });
  });
});

test('node scores are those of the guest that is named', async () => {
  await start();
  await outside.bus.publish(SnapshotTaken, snapshot());
  await eventually(() => expect(told).toHaveLength(1));
  const [neutral, own] = [await outside.bus.ask(ScoreNodes, {}), await outside.bus.ask(ScoreNodes, { vmid: 100 })];
  if (!neutral.ok || !own.ok) throw new Error('refused');
  expect(Object.keys(own.value).sort()).toEqual(['pve1', 'pve2']);
  expect(own.value).not.toEqual(neutral.value);
  expect(await outside.bus.ask(ScoreNodes, { maintenance_nodes: ['pve2'] })).toMatchObject({
    value: { pve2: { score: 999_999 } },
  });
});

test('a cluster of 64 nodes and 10 000 guests is judged', async () => {
  await start();
  const nodes = Array.from({ length: 64 }, (_, index) =>
    aNode({
      name: `pve${index}`,
      cpu: index < 8 ? 90 : 30,
      mem: index < 8 ? 88 : 40,
      cpu_cores: 128,
      total_mem_gb: 2048,
    }),
  );
  const guests = Array.from({ length: 10_000 }, (_, index) =>
    aGuest({ vmid: 100 + index, node: `pve${index % 64}`, cpu_current: 20 + (index % 60) }),
  );
  const at = new Date().toISOString();
  const large = aCluster(nodes, guests, { snapshot_id: randomUUID(), collected_at: at });
  await outside.bus.publish(SnapshotTaken, large);
  await eventually(() => expect(told.map(({ snapshot_id }) => snapshot_id)).toEqual([large.snapshot_id]), {
    withinMs: 40_000,
  });
  const [generation] = told;
  expect((generation?.count ?? 0) + (generation?.skipped_guests.length ?? 0)).toBeGreaterThan(0);
  expect(await ask({ cpu_threshold: 80 })).toMatchObject({ ok: true });
});
