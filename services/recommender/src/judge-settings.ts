import type { Migration } from '@proxbalance/contracts';
import type { JudgeInput, JudgeSettings } from './judge.ts';

/** What of the moves under way a judgement goes by. */
export const movesOf = (active: readonly Migration[]): JudgeInput['active'] =>
  active
    .map(({ vmid, source_node, target_node }) => ({ vmid, source_node, target_node }))
    .sort((a, b) => a.vmid - b.vmid);

/** The settings a judgement goes by. Not the secrets: they have no business in another thread. */
export const judgeSettings = (settings: JudgeSettings): JudgeSettings => ({
  penalty_scoring: settings.penalty_scoring,
  recommendation_thresholds: settings.recommendation_thresholds,
  maintenance_nodes: settings.maintenance_nodes,
  time_zone: settings.time_zone,
  migration_limits: settings.migration_limits,
  distribution_balancing: settings.distribution_balancing,
  automated_migrations: settings.automated_migrations,
});
