import { randomUUID } from 'node:crypto';
import {
  type Generation,
  ReadGuestMoves,
  ReadGuestProfiles,
  ReadNodeTrends,
  Settings,
  SettingsChanged,
  SnapshotTaken,
} from '@proxbalance/contracts';
import { clusterTrends } from '@proxbalance/engine';
import { answer, type Kit, sealSecrets, settingsDocument } from '@proxbalance/service-kit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { aCluster, aGuest, aNode } from '../../../libs/engine/src/testing/build.ts';
import { eventually } from '../../../tests/support/eventually.ts';
import { type Outside, openOutside, startRecommender } from './support/outside.ts';

/* Settings that were changed count without waiting for the next snapshot. */

let stack: AsyncDisposableStack;
let env: Outside['env'];
let outside: Kit;
let told: Generation[];
let asked: { days: number[]; profiles: number };
beforeEach(async () => {
  ({ stack, env, outside, told } = await openOutside());
  asked = { days: [], profiles: 0 };
  await outside.bus.serve([
    answer(ReadNodeTrends, async ({ lookback_days }) => {
      asked.days.push(lookback_days);
      return clusterTrends([]);
    }),
    answer(ReadGuestMoves, async () => ({ moves: [] })),
    answer(ReadGuestProfiles, async () => {
      asked.profiles++;
      return { profiles: {}, generated_at: new Date().toISOString() };
    }),
  ]);
  await startRecommender({ stack, env });
  const guests = Array.from({ length: 8 }, (_, index) => aGuest({ vmid: 100 + index, cpu_current: 90 }));
  const nodes = [aNode({ name: 'pve1', cpu: 92, mem: 85 }), aNode({ name: 'pve2', cpu: 10, mem: 15 })];
  const id = { snapshot_id: randomUUID(), collected_at: new Date().toISOString() };
  await outside.bus.publish(SnapshotTaken, aCluster(nodes, guests, id));
  await eventually(() => expect(told).toHaveLength(1));
});
afterEach(() => stack.disposeAsync());

/** As the gateway does: the document, then the news of it. */
const save = async (settings: object) => {
  const document = outside.bus.document(settingsDocument);
  const before = (await document.read())?.revision ?? 0;
  const revision = await document.write(sealSecrets(Settings, Settings.parse(settings), outside.secrets), before);
  const change = { keys: Object.keys(settings), revision, changed_by: 'test' };
  await outside.bus.publish(SettingsChanged, change, { id: `settings.${revision}` });
};

test('penalties: what they change is told at once, of the same snapshot', async () => {
  await save({ penalty_scoring: { min_score_improvement: 1000 } });
  await eventually(() => expect(told).toHaveLength(2), { withinMs: 2000 });
  expect(told[1]).toMatchObject({ count: 0, previous_count: told[0]?.count, snapshot_id: told[0]?.snapshot_id });
});

test('thresholds as well; what no judgement goes by is not judged again', async () => {
  await save({ ui_refresh_interval_minutes: 30 });
  await save({ ui_refresh_interval_minutes: 30, recommendation_thresholds: { cpu_threshold: 44 } });
  await eventually(() => expect(told.at(-1)?.parameters.cpu_threshold).toBe(44), { withinMs: 2000 });
  expect(told).toHaveLength(2);
});

test('how far the past goes, and whether guests’ habits count', async () => {
  expect(asked).toEqual({ days: [7], profiles: 1 });
  await save({ migration_settings: { lookback_days: 30, protect_workloads: false } });
  await eventually(() => expect(told).toHaveLength(2), { withinMs: 2000 });
  expect(asked).toEqual({ days: [7, 30], profiles: 1 });
  await save({ migration_settings: { lookback_days: 30, protect_workloads: true } });
  await eventually(() => expect(asked).toEqual({ days: [7, 30, 30], profiles: 2 }), { withinMs: 2000 });
});
