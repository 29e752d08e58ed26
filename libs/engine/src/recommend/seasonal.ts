import type { Node } from '@proxbalance/contracts';
import { pct } from '../penalties/penalty.ts';
import { seasonalBaseline } from '../trends/seasonal-baseline.ts';
import type { RecommendInput } from './problem.ts';

/**
 * Nodes whose CPU is what it always is at this hour, with the words for it; none unless it is switched on and history is
 * given. A node above a threshold is busy whatever the hour: the rule speaks of CPU, and memory does not follow the clock.
 */
export const seasonallyCalm = (input: RecommendInput): Map<string, string> => {
  const { enabled } = input.config.seasonal_baseline;
  if (!enabled || !input.scoreHistory) return new Map();
  return new Map(
    Object.values(input.snapshot.nodes).flatMap((node) => {
      const detail = calmOf(node, input);
      return detail === null ? [] : [[node.name, detail]];
    }),
  );
};

const calmOf = ({ name, metrics }: Node, input: RecommendInput): string | null => {
  const { thresholds, config, scoreHistory = [], timeZone, snapshot } = input;
  const { current_cpu: cpu, current_mem: mem } = metrics;
  if (cpu > thresholds.cpu_threshold || mem > thresholds.mem_threshold) return null;
  const now = Date.parse(snapshot.collected_at) / 1000;
  const usual = seasonalBaseline({ node: name, history: scoreHistory, now, timeZone });
  if (!usual || cpu > usual.avg + config.seasonal_baseline.sigma_threshold * usual.std) return null;
  return `${name} is at ${pct(cpu)} CPU, usual for this hour: ${pct(usual.avg)} ± ${usual.std.toFixed(1)}`;
};
