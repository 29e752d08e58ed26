import type { Forecast } from '@proxbalance/contracts';
import { byText, roundTo } from '../numbers.ts';
import { fitConfidence, fitLine } from './regression.ts';
import { type Point, pointsOf, type ScoreRow, within } from './series.ts';

export type ForecastInput = {
  /** Score history in any order; the last 7 days of it are looked at */
  history: readonly ScoreRow[];
  /** Nodes to forecast for: those that are online */
  nodes: readonly string[];
  thresholds: { cpu_threshold: number; mem_threshold: number };
  /** When guests came to each node or left it, unix seconds (`movesByNode`): jumps of its load that are no trend */
  moves?: Readonly<Record<string, readonly number[]>> | undefined;
  /** Unix seconds */
  now: number;
};

const LOOKBACK_HOURS = 168;
const LEAST_ROWS = 3;
/** A whole day, so that a morning is not taken for a trend. */
const LEAST_SPAN_HOURS = 24;
const HORIZON_HOURS = 48;

/**
 * Thresholds that nodes are going to cross within 48 hours, the most severe and nearest first. Every row speaks for itself:
 * whether a forecast near its limit is told again and again is for the caller to damp. The band takes rows as independent of
 * each other, which load is not, so it is the least uncertainty there is.
 */
export const forecastThresholds = ({ history, nodes, thresholds, moves, now }: ForecastInput): Forecast[] => {
  const rows = within(history, now, LOOKBACK_HOURS);
  if (rows.length < LEAST_ROWS) return [];
  const { cpu_threshold: cpu, mem_threshold: memory } = thresholds;
  const found = nodes.flatMap((node) => {
    const breaks = moves && Object.hasOwn(moves, node) ? moves[node] : [];
    const [cpuPoints, memPoints] = (['cpu', 'mem'] as const).map((one) =>
      pointsOf(rows, (row) => row.nodes[node]?.[one]),
    );
    return [
      forecast({ node, metric: 'cpu', threshold: cpu }, cpuPoints, breaks),
      forecast({ node, metric: 'memory', threshold: memory }, memPoints, breaks),
    ];
  });
  return found.filter((one) => one !== null).sort(mostSevereFirst);
};

type Watched = Pick<Forecast, 'node' | 'metric' | 'threshold'>;

const forecast = (
  { node, metric, threshold }: Watched,
  points: readonly Point[] = [],
  breaks: readonly number[] = [],
): Forecast | null => {
  const last = points.at(-1);
  if (!last || points.length < LEAST_ROWS || spanHours(points) < LEAST_SPAN_HOURS) return null;
  const line = fitLine(points, breaks);
  const at = last.at + HORIZON_HOURS * 3600;
  const projected = line?.valueAt(at) ?? 0;
  if (!line || line.slope <= 0 || last.value >= threshold || projected < threshold) return null;
  // The line need not go through the last value, so this can be more than 48 hours.
  const hours = (threshold - last.value) / line.slope;
  const band = line.bandAt(at);
  return {
    type: 'forecast',
    node,
    metric,
    current_value: roundTo(last.value, 1),
    threshold,
    projected_value: roundTo(projected, 1),
    projected_low: roundTo(projected - band, 1),
    projected_high: roundTo(projected + band, 1),
    trend_rate_per_day: roundTo(24 * line.slope, 2),
    estimated_hours_to_crossing: roundTo(hours, 1),
    confidence: fitConfidence(line.rSquared),
    r_squared: roundTo(line.rSquared, 4),
    message: `${node} ${metric === 'cpu' ? 'CPU' : 'memory'} will cross ${threshold}% in about ${hours.toFixed(0)} h`,
    severity: severityOf(hours),
  };
};

const spanHours = (points: readonly Point[]): number => ((points.at(-1)?.at ?? 0) - (points[0]?.at ?? 0)) / 3600;

const severities: readonly Forecast['severity'][] = ['critical', 'warning', 'info'];

const severityOf = (hours: number): Forecast['severity'] => {
  if (hours < 12) return 'critical';
  return hours <= 36 ? 'warning' : 'info';
};

const mostSevereFirst = (a: Forecast, b: Forecast): number =>
  severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
  a.estimated_hours_to_crossing - b.estimated_hours_to_crossing ||
  byText(a.node, b.node) ||
  byText(a.metric, b.metric);
