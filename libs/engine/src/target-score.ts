import type { Node, PenaltyConfig, PenaltyReading, ScoreDetails } from '@proxbalance/contracts';
import { healthScore, storageScore } from './health.ts';
import { blendedLoad, type GuestHabit, type GuestUse, type Load, neutralGuest, predictLoad } from './load.ts';
import { clamp, roundTo } from './numbers.ts';
import { applyPenalties, byName, explainPenalties } from './penalties/apply.ts';
import type { Limits, PenaltyInput, TierTables } from './penalties/penalty.ts';
import { penalties } from './penalties/registry.ts';
import { type TrendFacts, trendAnalysis } from './trend.ts';

export type TargetScoreInput = {
  node: Node;
  guest: GuestUse;
  thresholds: Limits;
  config: PenaltyConfig;
  /** true: the node as a target of the guest; false: the node after the guest left */
  adding: boolean;
  /** Guests already on their way to the node */
  pending?: readonly GuestUse[];
  profile?: GuestHabit | null | undefined;
  /** Trend analysis of the node; without it nothing is known about trends (stability factor 1) */
  trend?: TrendFacts | null | undefined;
  /** Tiers of the penalties under these thresholds and this configuration, where they have been worked out already */
  tables?: TierTables | undefined;
  /** What the score takes from the node alone, where it has been worked out already */
  facts?: NodeFacts | undefined;
};

/** What a score takes from the node whatever the guest. */
export type NodeFacts = { blended: Load; health: number; storage: number };

/** For many scores of the same node. */
export const nodeFacts = (node: Node, config: PenaltyConfig): NodeFacts => {
  const blended = blendedLoad(node, config);
  return { blended, health: healthScore(node, config, blended), storage: storageScore(node) };
};

const weights = { health: 0.25, predicted: 0.4, headroom: 0.2, storage: 0.15 };

type Components = ScoreDetails['components'];

/**
 * Score of a node for a guest, lower is better (about 30 idle, 100 warm, 300 hot), with every part of it:
 * `0.25·health + 0.40·predicted + 0.20·headroom + 0.15·storage + sum of penalties`.
 */
export const targetScore = (input: TargetScoreInput): { score: number; details: ScoreDetails } => {
  const own = input.facts ?? nodeFacts(input.node, input.config);
  const facts = penaltyInput(input, own);
  const points = applyPenalties(facts);
  const { blended } = own;
  const components = componentsOf(own, facts.predicted);
  const score = total(components, points);
  return { score, details: details(facts, points, blended, components, score) };
};

/** The score alone, without its parts. */
export const scoreOf = (input: TargetScoreInput): number => {
  const own = input.facts ?? nodeFacts(input.node, input.config);
  const facts = penaltyInput(input, own);
  return total(componentsOf(own, facts.predicted), applyPenalties(facts));
};

/** The least that memory penalties cost once they are capped: 60, and each of the six may round down by a half. */
const LEAST_CAPPED = 57;

/** What a node scores with no guest added, and how far below that the memory cap can bring it with one. */
export const standingOf = (input: Omit<TargetScoreInput, 'guest' | 'adding'>): { score: number; slack: number } => {
  const own = input.facts ?? nodeFacts(input.node, input.config);
  const facts = penaltyInput({ ...input, guest: neutralGuest, adding: true }, own);
  const points = applyPenalties(facts);
  const memory = points.reduce((sum, own, i) => sum + (penalties[i]?.resource === 'memory' ? own : 0), 0);
  const score = total(componentsOf(own, facts.predicted), points);
  return { score, slack: Math.max(0, memory - LEAST_CAPPED) };
};

/**
 * What a guest adds to a node's score by load alone, penalties aside: no score of the node with that guest is lower than
 * its standing score plus this, less the slack.
 */
export const scoreRise = (load: Load, added: Load): number => {
  const cpu = room(load.cpu, added.cpu);
  const mem = room(load.mem, added.mem);
  return (
    weights.predicted * (0.4 * cpu + 0.15 * mem + 0.25 * room(load.iowait, added.iowait)) +
    weights.headroom * (0.65 * cpu + 0.35 * mem)
  );
};

const room = (load: number, added: number): number => Math.max(0, Math.min(100 - load, added));

/** How well a node suits, percent: `100 − score` within 0-100, one decimal. */
export const suitability = (score: number): number => roundTo(100 - clamp(score, 0, 100), 1);

const penaltyInput = (input: TargetScoreInput, { blended }: NodeFacts): PenaltyInput => {
  const { node, guest, adding, config, profile, pending = [] } = input;
  const arriving = pending.reduce((sum, one) => sum + one.mem_max_gb, 0);
  return {
    node,
    predicted: predictLoad(node, guest, { adding, config, profile, pending, blended }),
    limits: input.thresholds,
    config,
    trend: input.trend ?? null,
    tables: input.tables,
    committedRatio: node.mem_overcommit_ratio + (node.total_mem_gb > 0 ? arriving / node.total_mem_gb : 0),
  };
};

const componentsOf = ({ blended, health, storage }: NodeFacts, predicted: Load): Components => ({
  health_score: health,
  predicted_health:
    0.4 * predicted.cpu + 0.15 * predicted.mem + 0.25 * predicted.iowait + 0.15 * blended.cpu + 0.05 * blended.mem,
  headroom_score: 0.65 * predicted.cpu + 0.35 * predicted.mem,
  storage_score: storage,
});

const total = (c: Components, points: readonly number[]): number =>
  weights.health * c.health_score +
  weights.predicted * c.predicted_health +
  weights.headroom * c.headroom_score +
  weights.storage * c.storage_score +
  points.reduce((sum, own) => sum + own, 0);

const details = (
  facts: PenaltyInput,
  points: readonly number[],
  blended: Load,
  components: Components,
  score: number,
): ScoreDetails => ({
  penalties: byName(points),
  total_penalties: r1(points.reduce((sum, own) => sum + own, 0)),
  components: {
    health_score: r1(components.health_score),
    predicted_health: r1(components.predicted_health),
    headroom_score: r1(components.headroom_score),
    storage_score: r1(components.storage_score),
  },
  component_weights: weights,
  metrics: shownMetrics(facts, blended),
  total_score: r1(score),
  ...explained(explainPenalties(facts, points)),
  ...trendAnalysis(facts.trend, facts.config, facts.node),
});

const explained = (readings: PenaltyReading[]) => ({
  explanations: readings.map((one) => one.text),
  penalty_readings: readings,
});

const shownMetrics = ({ node: { metrics: m }, predicted }: PenaltyInput, blended: Load): ScoreDetails['metrics'] => ({
  weighted_cpu: r1(blended.cpu),
  weighted_mem: r1(blended.mem),
  weighted_iowait: r1(blended.iowait),
  immediate_cpu: r1(m.current_cpu),
  immediate_mem: r1(m.current_mem),
  immediate_iowait: r1(m.current_iowait),
  predicted_cpu: r1(predicted.cpu),
  predicted_mem: r1(predicted.mem),
  predicted_iowait: r1(predicted.iowait),
  cpu_headroom: r1(100 - predicted.cpu),
  mem_headroom: r1(100 - predicted.mem),
  cpu_trend: m.cpu_trend,
  mem_trend: m.mem_trend,
  max_cpu_week: r1(m.max_cpu_week),
  max_mem_week: r1(m.max_mem_week),
});

const r1 = (value: number): number => roundTo(value, 1);
