import type { PenaltyReading } from '@proxbalance/contracts';
import { rint, roundTo } from '../numbers.ts';
import { stabilityFactor } from '../trend.ts';
import { type Penalty, type PenaltyInput, type PenaltyRules, pointsOf, type TierTables, tierOf } from './penalty.ts';
import { penalties } from './registry.ts';

/** All memory penalties of a node together cost no more than this. */
const MEMORY_CAP = 60;

/**
 * Points of every penalty, in registry order. CPU points are scaled by the stability factor, I/O wait costs nothing on an
 * exempt node, and memory points are scaled down to 60 together; scaled points are rounded, halves to even.
 */
export const applyPenalties = (input: PenaltyInput): number[] => {
  const steadiness = stabilityFactor(input.trend, input.config, input.node);
  const exempt = input.node.iowait_exempt && input.config.iowait_exempt_enabled;
  let memory = 0;
  const points = penalties.map((penalty, i) => {
    const own = finite(penalty, pointsOf(penalty, input, input.tables?.[i]));
    if (penalty.resource === 'iowait') return exempt ? 0 : own;
    if (penalty.resource === 'cpu') return steadiness === 1 ? own : rint(own * steadiness);
    memory += own;
    return own;
  });
  return memory > MEMORY_CAP ? capped(points, memory) : points;
};

/** The tiers of every penalty, for many scores under the same rules. */
export const tierTables = (rules: PenaltyRules): TierTables => penalties.map((penalty) => penalty.tiers(rules));

/** Points by penalty name; overcommit is named only where it applies, as it always was. */
export const byName = (points: readonly number[]): Record<string, number> => {
  const named: Record<string, number> = {};
  penalties.forEach((penalty, i) => {
    const own = points[i] ?? 0;
    if (own > 0 || penalty.name !== 'mem_overcommit') named[penalty.name] = own;
  });
  return named;
};

/** Points summed by category. */
export const byCategory = (named: Readonly<Record<string, number>>): Record<Penalty['category'], number> => {
  const sums = { cpu: 0, memory: 0, iowait: 0, trends: 0, spikes: 0 };
  for (const penalty of penalties) sums[penalty.category] += named[penalty.name] ?? 0;
  return sums;
};

/** Every penalty that applies: what was measured, which tier that is, what it costs, and a sentence. */
export const explainPenalties = (input: PenaltyInput, points: readonly number[]): PenaltyReading[] => {
  const steadiness = stabilityFactor(input.trend, input.config, input.node);
  return penalties.flatMap((penalty, i) => {
    const own = points[i] ?? 0;
    const tier = tierOf(penalty, input);
    if (own <= 0 || !tier) return [];
    const [above, tierPoints, key] = tier;
    const factor = penalty.resource === 'cpu' ? steadiness : 1;
    return [
      {
        penalty: penalty.name,
        points: own,
        value: roundTo(penalty.value(input), 2),
        above,
        tier: penalty.tiers(input).findIndex((one) => one[0] === above) + 1,
        tier_points: tierPoints,
        setting: key,
        factor,
        text: `${penalty.explain(input)}: +${own}${scaled(factor)}`,
      },
    ];
  });
};

const scaled = (factor: number): string =>
  factor === 1 ? '' : ` (counts ${factor} times on a ${factor < 1 ? 'steady' : 'restless'} node)`;

const capped = (points: readonly number[], memory: number): number[] =>
  points.map((own, i) => (penalties[i]?.resource === 'memory' ? rint((own * MEMORY_CAP) / memory) : own));

const finite = (penalty: Penalty, points: number): number => {
  if (Number.isFinite(points)) return points;
  throw new RangeError(`penalty ${penalty.name} gave ${points}`);
};
