import { randomUUID } from 'node:crypto';
import {
  Generate,
  type Generation,
  Settings,
  Simulate,
  SnapshotTaken,
  SuggestThresholds,
} from '@proxbalance/contracts';
import { type Kit, sealSecrets, settingsDocument } from '@proxbalance/service-kit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { aCluster, aGuest, aNode } from '../../../libs/engine/src/testing/build.ts';
import { eventually } from '../../../tests/support/eventually.ts';
import { type Outside, openOutside, startRecommender } from './support/outside.ts';

let stack: AsyncDisposableStack;
let env: Outside['env'];
let outside: Kit;
let told: Generation[];
beforeEach(async () => {
  ({ stack, env, outside, told } = await openOutside());
  await startRecommender({ stack, env });
});
afterEach(() => stack.disposeAsync());

const show = async () => {
  const guests = Array.from({ length: 8 }, (_, index) => aGuest({ vmid: 100 + index, cpu_current: 90 }));
  const nodes = [aNode({ name: 'pve1', cpu: 92, mem: 85 }), aNode({ name: 'pve2', cpu: 10, mem: 15 })];
  const id = { snapshot_id: randomUUID(), collected_at: new Date().toISOString() };
  await outside.bus.publish(SnapshotTaken, aCluster(nodes, guests, id));
  await eventually(() => expect(told).toHaveLength(1));
  return id;
};
const simulated = async (config: object, wishes: object = {}) => {
  const answer = await outside.bus.ask(Simulate, { config, ...wishes });
  if (!answer.ok) throw new Error(answer.error.message);
  return answer.value;
};
const save = (settings: object) =>
  outside.bus.document(settingsDocument).write(sealSecrets(Settings, Settings.parse(settings), outside.secrets), 0);

describe('other penalties', () => {
  test('are tried on the latest snapshot; nothing is told, and nothing is compared with it later', async () => {
    const { snapshot_id } = await show();
    const [first] = told;
    const answer = await simulated({ min_score_improvement: 1000 });
    expect(answer).toMatchObject({ snapshot_id, current_count: first?.count, proposed_count: 0 });
    expect(answer.changes.map(({ vmid }) => vmid)).toEqual(first?.recommendations.map(({ vmid }) => vmid).sort());
    const next = await outside.bus.ask(Generate, { cpu_threshold: 59 });
    expect(next).toMatchObject({
      ok: true,
      value: { changes_since_last: { previous_timestamp: first?.generated_at } },
    });
    await eventually(() => expect(told).toHaveLength(2));
  });

  test('are laid over the saved ones, which count at once', async () => {
    await show();
    await save({ penalty_scoring: { min_score_improvement: 1000, mem_high_penalty: 9 } });
    await eventually(async () => expect(await simulated({})).toMatchObject({ current_count: 0 }));
    const answer = await simulated({ min_score_improvement: 15 });
    expect(answer.proposed_config).toMatchObject({ min_score_improvement: 15, mem_high_penalty: 9 });
    expect(answer.proposed_count).toBe(told[0]?.count);
    expect(answer.changes.map(({ action }) => action)).toEqual(answer.changes.map(() => 'added'));
  });

  test('that make no sense are refused, as are unknown nodes and a missing snapshot', async () => {
    const ask = (config: object, wishes: object = {}) => outside.bus.ask(Simulate, { config, ...wishes });
    expect(await ask({})).toMatchObject({ ok: false, error: { code: 'no-snapshot' } });
    await show();
    expect(await ask({ weight_7d: 0.9 })).toMatchObject({
      ok: false,
      error: { code: 'invalid-input', details: [{ path: 'config.weight_current' }] },
    });
    expect(await ask({}, { maintenance_nodes: ['pve9'] })).toMatchObject({ error: { code: 'node-not-found' } });
  });
});

test('thresholds are suggested from the latest snapshot, with the steps that lead to them', async () => {
  expect(await outside.bus.ask(SuggestThresholds, {})).toMatchObject({ error: { code: 'no-snapshot' } });
  await show();
  const answer = await outside.bus.ask(SuggestThresholds, {});
  if (!answer.ok) throw new Error(answer.error.message);
  expect(answer.value).toMatchObject({
    confidence: 'medium',
    cluster_stats: { node_count: 2, balance_status: 'imbalanced' },
  });
  expect(answer.value.adjustments.map(({ factor }) => factor)).toEqual([
    'Cluster Size',
    'Load Balance',
    'Overall Load',
    'I/O Pressure',
  ]);
});
