import type { Node, PenaltyConfig } from '@proxbalance/contracts';
import type { Load } from '../load.ts';
import type { TrendFacts } from '../trend.ts';

/** The limits a node is scored against, percent. */
export type Limits = { cpu_threshold: number; mem_threshold: number };

/** Everything a penalty may look at. */
export type PenaltyInput = {
  node: Node;
  /** Load of the node after the move, percent */
  predicted: Load;
  limits: Limits;
  config: PenaltyConfig;
  trend: TrendFacts | null;
  /** Configured memory of running and arriving guests over the node's memory */
  committedRatio: number;
  /** Tiers of every penalty under these limits and this configuration, where they have been worked out already */
  tables?: TierTables | undefined;
};

/** What tiers depend on. */
export type PenaltyRules = Pick<PenaltyInput, 'limits' | 'config'>;

/** Tiers of the penalties, in registry order. */
export type TierTables = readonly (readonly Tier[])[];

/** One disadvantage of a node: when it applies, what it costs and how to say so. */
export type Penalty = {
  name: string;
  summary: string;
  /** cpu: scaled by the stability factor; memory: capped together; iowait: waived on exempt nodes */
  resource: 'cpu' | 'memory' | 'iowait';
  /** The sum it is shown under */
  category: 'cpu' | 'memory' | 'iowait' | 'trends' | 'spikes';
  /** What is measured: percent, points a day, or times the memory of the node */
  value: (input: PenaltyInput) => number;
  /** From the lowest up; none: the penalty is switched off */
  tiers: (rules: PenaltyRules) => readonly Tier[];
  /** Points of a value above the lowest tier, where they rise with it instead of by tier */
  rising?: (value: number, config: PenaltyConfig) => number;
  /** Why it applies, without the points */
  explain: (input: PenaltyInput) => string;
};

/** What a value above (strictly) a limit costs, and the key of the penalty configuration that says so. */
export type Tier = readonly [above: number, points: number, key: keyof PenaltyConfig];

/** The highest tier whose limit the value exceeds; undefined: the penalty does not apply. */
export const tierOf = (penalty: Penalty, input: PenaltyInput, tiers = penalty.tiers(input)): Tier | undefined => {
  const value = penalty.value(input);
  for (let i = tiers.length - 1; i >= 0; i -= 1) {
    const tier = tiers[i];
    if (tier && value > tier[0]) return tier;
  }
  return undefined;
};

/** Points before scaling and cap; 0: does not apply. */
export const pointsOf = (penalty: Penalty, input: PenaltyInput, tiers?: readonly Tier[]): number => {
  const tier = tierOf(penalty, input, tiers);
  if (!tier) return 0;
  return penalty.rising ? penalty.rising(penalty.value(input), input.config) : tier[1];
};

/** A percentage in a sentence. */
export const pct = (value: number): string => `${value.toFixed(1)} %`;

/** Highest value of the week, of the day where the week could not be read. */
export const peak = (week: number, day: number): number => (week > 0 ? week : day);
