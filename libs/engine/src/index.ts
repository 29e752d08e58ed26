export { UncertifiedPlanError } from './cluster-plan/certify.ts';
export { planCluster, StandstillError } from './cluster-plan/plan-cluster.ts';
export { type ConfidenceInput, confidence } from './confidence.ts';
export { costBenefit, migrationEffort } from './cost-benefit.ts';
export type { FeedbackCount, OutcomeStatistics } from './experience.ts';
export { type ExplainInput, explainGuest } from './explain/explain-guest.ts';
export { migrationOptions } from './explain/migration-options.ts';
export { guestFilters } from './filters/guest/registry.ts';
export { targetFilters } from './filters/target/registry.ts';
export { clusterHealth, healthScore } from './health.ts';
export { explainInfeasible } from './infeasible/explain-infeasible.ts';
export { type PlanRefusal, planRefusal } from './infeasible/plan-answer.ts';
export type {
  Conflict,
  ConflictPart,
  Missing,
  Refusal,
  Relaxation,
  RelaxationChange,
  Verdict,
} from './infeasible/verdict.ts';
export {
  blendedLoad,
  type GuestHabit,
  type GuestUse,
  type Load,
  neutralGuest,
  type PredictOptions,
  predictLoad,
} from './load.ts';
export { type ScoreNodesInput, scoreNodes, UnknownGuestError } from './node-scores.ts';
export { roundTo } from './numbers.ts';
export { type JudgedOutcome, judgeOutcome, type LookWindow, type OutcomeInput } from './outcomes/judge-outcome.ts';
export type { GuestLook, Look, NodeLook } from './outcomes/look.ts';
export { type JudgedMove, type OutcomeFilter, outcomeStatistics } from './outcomes/outcome-statistics.ts';
export { othersShift } from './outcomes/shift.ts';
export type { Limits, Penalty } from './penalties/penalty.ts';
export { penalties } from './penalties/registry.ts';
export type * from './placement/model.ts';
export { readProblem } from './placement/read-problem.ts';
export { readSnapshot, type SnapshotInput, type SnapshotProblem } from './placement/read-snapshot.ts';
export { ruleNames } from './placement/snapshot-rules.ts';
export { type PlacementPlan, type PlanOptions, planPlacement } from './planner/plan-placement.ts';
export { changesSince, type PastGeneration } from './recommend/changes.ts';
export { migrateCommand } from './recommend/explain-move.ts';
export type { InFlightMove, Memory, RecommendInput } from './recommend/problem.ts';
export { recommend } from './recommend/recommend.ts';
export { type MigrationRisk, migrationRisk, type RiskGuest } from './risk.ts';
export { suitability, type TargetScoreInput, targetScore } from './target-score.ts';
export { suggestThresholds } from './threshold-suggestions.ts';
export type { TrendFacts } from './trend.ts';
export { clusterTrends } from './trends/cluster-trends.ts';
export { type ForecastInput, forecastThresholds } from './trends/forecast.ts';
export { type ProfileObservation, profileGuest } from './trends/guest-profile.ts';
export { analyzeGuest, type GuestTrendInput } from './trends/guest-trend.ts';
export { movesByNode } from './trends/node-moves.ts';
export { analyzeNode, type NodeTrendInput } from './trends/node-trend.ts';
export type { GuestSample, NodeSample, ScoreRow } from './trends/series.ts';
export { type WorkloadPatternInput, workloadPattern } from './trends/workload-pattern.ts';
export type { Broken, Certificate, RestKind, Violation, ViolationKind } from './verify/certificate.ts';
export { type NamedMove, type NamedStep, nameSteps } from './verify/claims.ts';
export { planRules } from './verify/registry.ts';
export { brokenIn, type VerifyOptions, verifyNamedPlan, verifyPlan } from './verify/verify-plan.ts';
export { type VerifiedRest, verifyRest } from './verify/verify-rest.ts';
