export { type ConfidenceInput, confidence } from './confidence.ts';
export { costBenefit, migrationEffort } from './cost-benefit.ts';
export { guestFilters } from './filters/guest/registry.ts';
export { targetFilters } from './filters/target/registry.ts';
export { clusterHealth, healthScore } from './health.ts';
export {
  blendedLoad,
  type GuestProfile,
  type GuestUse,
  type Load,
  neutralGuest,
  type PredictOptions,
  predictLoad,
} from './load.ts';
export { type ScoreNodesInput, scoreNodes, UnknownGuestError } from './node-scores.ts';
export type { Limits, Penalty } from './penalties/penalty.ts';
export { penalties } from './penalties/registry.ts';
export { changesSince } from './recommend/changes.ts';
export { migrateCommand } from './recommend/explain-move.ts';
export type { InFlightMove, RecommendInput } from './recommend/problem.ts';
export { recommend } from './recommend/recommend.ts';
export { type MigrationRisk, migrationRisk, type RiskGuest } from './risk.ts';
export { suitability, type TargetScoreInput, targetScore } from './target-score.ts';
export type { NodeTrend } from './trend.ts';
