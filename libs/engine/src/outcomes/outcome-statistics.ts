import type { MigrationOutcome, OutcomeStatistics } from '@proxbalance/contracts';
import { roundTo } from '../numbers.ts';

/** What statistics need of an outcome. */
export type JudgedMove = Pick<
  MigrationOutcome,
  'vmid' | 'source_node' | 'target_node' | 'verdict' | 'accuracy_pct' | 'actual_improvement' | 'sustained_improvement'
>;

/** Only moves of this guest, or between these nodes. */
export type OutcomeFilter = Partial<Pick<MigrationOutcome, 'vmid' | 'source_node' | 'target_node'>>;

/** Older moves say little about the cluster as it is. */
const COUNTED_MAX = 50;

/** How moves turned out, given newest first: all of them, those of a guest, or those between two nodes. */
export const outcomeStatistics = (outcomes: readonly JudgedMove[], only: OutcomeFilter = {}): OutcomeStatistics => {
  const counted = outcomes.filter((one) => isConclusive(one) && matches(one, only)).slice(0, COUNTED_MAX);
  const count = (verdict: MigrationOutcome['verdict']) => counted.filter((one) => one.verdict === verdict).length;
  const total = counted.length;
  const [beneficial, neutral, harmful] = [count('beneficial'), count('neutral'), count('harmful')];
  const share = (part: number) => (total === 0 ? null : roundTo((100 * part) / total, 1));
  return {
    total_completed: total,
    success_rate: share(beneficial + neutral),
    beneficial_rate: share(beneficial),
    avg_accuracy_pct: mean(
      counted.map(({ accuracy_pct }) => accuracy_pct),
      1,
    ),
    avg_cpu_improvement: mean(
      counted.map((one) => one.actual_improvement?.source_cpu_delta ?? null),
      2,
    ),
    avg_sustained_cpu_improvement: mean(
      counted.map((one) => one.sustained_improvement?.source_cpu_delta ?? null),
      2,
    ),
    verdict_counts: { beneficial, neutral, harmful },
  };
};

const isConclusive = ({ verdict }: JudgedMove): boolean => verdict !== null && verdict !== 'inconclusive';

const matches = (one: JudgedMove, { vmid, source_node, target_node }: OutcomeFilter): boolean =>
  (vmid === undefined || one.vmid === vmid) &&
  (source_node === undefined || one.source_node === source_node) &&
  (target_node === undefined || one.target_node === target_node);

const mean = (values: readonly (number | null)[], decimals: number): number | null => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : roundTo(known.reduce((sum, value) => sum + value, 0) / known.length, decimals);
};
