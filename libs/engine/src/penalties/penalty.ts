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
};

/** One disadvantage of a node: when it applies, what it costs and how to say so. */
export type Penalty = {
  name: string;
  summary: string;
  /** cpu: scaled by the stability factor; memory: capped together; iowait: waived on exempt nodes */
  resource: 'cpu' | 'memory' | 'iowait';
  /** The sum it is shown under */
  category: 'cpu' | 'memory' | 'iowait' | 'trends' | 'spikes';
  /** Points before scaling and cap; 0: does not apply */
  points: (input: PenaltyInput) => number;
  /** Why it applies, without the points */
  explain: (input: PenaltyInput) => string;
};

/** Points of the highest tier whose limit the value exceeds (strictly); tiers are given from the lowest up. */
export const tiered = (value: number, ...tiers: readonly (readonly [above: number, points: number])[]): number => {
  for (let i = tiers.length - 1; i >= 0; i -= 1) {
    const tier = tiers[i];
    if (tier && value > tier[0]) return tier[1];
  }
  return 0;
};

/** A percentage in a sentence. */
export const pct = (value: number): string => `${value.toFixed(1)} %`;

/** Highest value of the week, of the day where the week could not be read. */
export const peak = (week: number, day: number): number => (week > 0 ? week : day);
