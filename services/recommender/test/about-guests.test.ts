import { randomUUID } from 'node:crypto';
import {
  ExplainGuest,
  type Generation,
  ListMigrationOptions,
  RecommendationsGenerated,
  SnapshotTaken,
} from '@proxbalance/contracts';
import { type Kit, openKit, openProcess, openScope } from '@proxbalance/service-kit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { aCluster, aGuest, aNode, withTags } from '../../../libs/engine/src/testing/build.ts';
import { eventually } from '../../../tests/support/eventually.ts';
import { openInProcess, testEnv } from '../../../tests/support/in-process.ts';
import { openRecommender } from '../src/app.ts';
import { readConfig } from '../src/config.ts';

/* What the recommender answers about one guest, over the bus. */

let stack: AsyncDisposableStack;
let outside: Kit;
let told: Generation[];
beforeEach(async () => {
  stack = new AsyncDisposableStack();
  const env = testEnv();
  const scope = openScope();
  stack.defer(() => scope.close());
  outside = await openKit(scope, await openProcess(scope, readConfig(env), 'collector'), 'collector');
  told = [];
  outside.bus.observe(RecommendationsGenerated, ({ data }) => void told.push(data));
  stack.use(await openInProcess(env, 'recommender', readConfig, openRecommender));
});
afterEach(() => stack.disposeAsync());

const show = async () => {
  const guests = Array.from({ length: 8 }, (_, index) => aGuest({ vmid: 100 + index, cpu_current: 90 }));
  const ignored = aGuest({ vmid: 200, tags: withTags('ignore') });
  const nodes = [aNode({ cpu: 92, mem: 85 }), aNode({ name: 'pve2', cpu: 10, mem: 15 })];
  const collected_at = new Date().toISOString();
  const snapshot = aCluster(nodes, [...guests, ignored], { snapshot_id: randomUUID(), collected_at });
  await outside.bus.publish(SnapshotTaken, snapshot);
  await eventually(() => expect(told).toHaveLength(1));
  return snapshot;
};

test('a question before the first snapshot, or about nobody, is refused', async () => {
  expect(await outside.bus.ask(ExplainGuest, { vmid: 100 })).toMatchObject({
    ok: false,
    error: { code: 'no-snapshot' },
  });
  await show();
  for (const vmid of [999, 123_456])
    expect(await outside.bus.ask(ExplainGuest, { vmid })).toMatchObject({
      ok: false,
      error: { code: 'guest-not-found' },
    });
  const wish = { vmid: 100, maintenance_nodes: ['pve9'] };
  expect(await outside.bus.ask(ListMigrationOptions, wish)).toMatchObject({
    ok: false,
    error: { code: 'node-not-found' },
  });
});

test('an explanation says of every guest what the last generation decided', async () => {
  const snapshot = await show();
  for (const vmid of Object.keys(snapshot.guests).map(Number)) {
    const answer = await outside.bus.ask(ExplainGuest, { vmid });
    const move = told[0]?.recommendations.find((one) => one.vmid === vmid);
    const skipped = told[0]?.skipped_guests.find((one) => one.vmid === vmid);
    expect(answer).toMatchObject({
      ok: true,
      value: move
        ? { decision: 'move', target_node: move.target_node, judged: 'with-others' }
        : { decision: 'stay', reason: skipped?.reason, judged: 'with-others' },
    });
  }
  expect(await outside.bus.ask(ExplainGuest, { vmid: 200 })).toMatchObject({
    value: { smallest_change: { changes: [{ kind: 'drop-tag', tag: 'ignore' }] } },
  });
});

test('the options of a guest agree with its recommendation, and follow the wishes of who asks', async () => {
  await show();
  const [move] = told[0]?.recommendations ?? [];
  const answer = await outside.bus.ask(ListMigrationOptions, { vmid: move?.vmid ?? 0 });
  expect(answer).toMatchObject({ value: { options: [{ node: 'pve2', score: move?.target_node_score }, {}] } });
  const emptied = await outside.bus.ask(ListMigrationOptions, { vmid: 100, maintenance_nodes: ['pve2'] });
  expect(emptied).toMatchObject({ value: { options: [{ node: 'pve1' }, { node: 'pve2', disqualified: true }] } });
});
