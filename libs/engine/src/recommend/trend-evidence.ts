import type { GuestProfile, MetricTrend, NodeTrend, TrendEvidence } from '@proxbalance/contracts';
import { rateText } from '../trends/metric-trend.ts';

type Factor = Extract<TrendEvidence, { available: true }>['decision_factors'][number];

/** What is known of a guest's habits, and how often it was found on another node of late. */
export type GuestPast = Pick<
  GuestProfile,
  'behavior' | 'growth_rate_per_day' | 'growth_confidence' | 'peak_hours' | 'history_days'
> & { moves: number };

export type EvidenceInput = {
  guestName: string;
  sourceNode: string;
  targetNode: string;
  source: NodeTrend | undefined;
  target: NodeTrend | undefined;
  guest: GuestPast | undefined;
};

const LEAST_SAMPLES = 2;

/** What trends say about a move. Rates nobody can trust (low confidence) are shown, but decide nothing. */
export const trendEvidence = (input: EvidenceInput): TrendEvidence => {
  const { sourceNode, targetNode, guest } = input;
  const source = known(input.source);
  const target = known(input.target);
  if (!source && !target)
    return { available: false, reason: `Too few samples of ${sourceNode} and ${targetNode} are stored` };
  return {
    available: true,
    source_node_trend: source && { ...nodeEvidence(source), baseline_deviation_sigma: source.cpu_baseline_sigma },
    target_node_trend: target && nodeEvidence(target),
    guest_trend: guest ? guestEvidence(guest) : null,
    decision_factors: [
      ...(source ? sourceFactors(source) : []),
      ...(target ? targetFactors(target) : []),
      ...(guest ? guestFactors(guest, input.guestName) : []),
    ],
    data_quality: quality(source, target, guest),
  };
};

/** How many clear reasons for the move trends give: a problem it solves or a good target, of high or medium weight. */
export const strongFactors = (evidence: TrendEvidence): number => (evidence.available ? speaksFor(evidence).length : 0);

/** The two weightiest things trends say, as a sentence; empty when they say nothing. */
export const evidenceSentence = (evidence: TrendEvidence): string => {
  if (!evidence.available) return '';
  const against = evidence.decision_factors.filter((one) => one.type === 'concern' && one.weight !== 'low');
  const told = [
    ...speaksFor(evidence)
      .sort((a, b) => Number(b.weight === 'high') - Number(a.weight === 'high'))
      .slice(0, 2),
  ];
  const text = [...told, ...against.slice(0, 1)].map((one) => one.factor).join('; ');
  return text === '' ? '' : `${text}.`;
};

const speaksFor = ({ decision_factors: factors }: Extract<TrendEvidence, { available: true }>): Factor[] =>
  factors.filter((one) => one.weight !== 'low' && (one.type === 'problem' || one.type === 'positive'));

const known = (trend: NodeTrend | undefined): NodeTrend | null =>
  trend && trend.data_quality.total_samples >= LEAST_SAMPLES ? trend : null;

const nodeEvidence = (trend: NodeTrend) => ({
  cpu_trend: trend.cpu.rate_display,
  cpu_direction: trend.cpu.direction,
  mem_trend: trend.memory.rate_display,
  mem_direction: trend.memory.direction,
  stability_score: trend.overall_stability,
  above_baseline: trend.cpu_above_baseline,
});

const guestEvidence = ({ growth_rate_per_day, behavior, peak_hours, moves }: GuestPast) => ({
  cpu_growth_rate: rateText(growth_rate_per_day),
  behavior,
  peak_hours,
  previous_migrations: moves,
});

type Row = [applies: boolean, factor: string, weight: Factor['weight'], type: Factor['type']];

const sourceFactors = (trend: NodeTrend): Factor[] => {
  const cpu = trusted(trend.cpu);
  return factors([
    [cpu > 0.5, `CPU of ${trend.node} rises by ${cpu.toFixed(1)} points a day`, cpu > 2 ? 'high' : 'medium', 'problem'],
    [trusted(trend.memory) > 0.5, `Memory of ${trend.node} rises`, 'low', 'info'],
    [trend.cpu_above_baseline, `${trend.node} is busier than usual at this hour`, 'medium', 'problem'],
  ]);
};

const targetFactors = (trend: NodeTrend): Factor[] => {
  const cpu = trusted(trend.cpu);
  const steady = trend.overall_stability_label !== 'unknown' && trend.overall_stability >= 70;
  return factors([
    [steady, `${trend.node} is steady (${trend.overall_stability} of 100)`, 'high', 'positive'],
    [cpu < -0.5, `CPU of ${trend.node} falls by ${(-cpu).toFixed(1)} points a day`, 'medium', 'positive'],
    [cpu > 1, `CPU of ${trend.node} itself rises by ${cpu.toFixed(1)} points a day`, 'medium', 'concern'],
  ]);
};

const guestFactors = ({ behavior, growth_rate_per_day: rate, growth_confidence, moves }: GuestPast, name: string) => {
  const grows = behavior === 'growing' && rate > 0 && growth_confidence !== 'low';
  return factors([
    [grows, `${name} needs more every day (${rateText(rate)})`, 'high', 'problem'],
    [behavior === 'bursty', `${name} has bursts of load`, 'low', 'concern'],
    [moves > 0, `${name} changed its node ${moves === 1 ? 'once' : `${moves} times`} of late`, 'low', 'info'],
  ]);
};

const factors = (rows: readonly Row[]): Factor[] =>
  rows.flatMap(([applies, factor, weight, type]) => (applies ? [{ factor, weight, type }] : []));

const trusted = ({ rate_per_day, confidence }: MetricTrend): number => (confidence === 'low' ? 0 : rate_per_day);

const quality = (source: NodeTrend | null, target: NodeTrend | null, guest: GuestPast | undefined) => {
  const days = Math.min(source?.data_quality.coverage_days ?? 0, target?.data_quality.coverage_days ?? 0);
  const note = days >= 7 ? 'High confidence' : days >= 2 ? 'Moderate confidence' : 'Limited confidence';
  return {
    node_history_days: days,
    guest_history_days: guest?.history_days ?? 0,
    confidence_note: `${note}: ${days.toFixed(1)} days of node history`,
  };
};
