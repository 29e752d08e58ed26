import type { Change, FilterVerdict, NodeVerdict } from '@proxbalance/contracts';
import type { Placed } from '../filters/filter.ts';
import { targetFilters } from '../filters/target/registry.ts';
import { roundTo } from '../numbers.ts';
import type { Problem } from '../recommend/problem.ts';
import { endAs, offerTo, weigh } from '../recommend/score.ts';
import type { NodeState } from '../state/node-state.ts';
import { targetScore } from '../target-score.ts';

/** What every filter and every part of the score say about one node as a place for the guest. */
export const explainNode = (placed: Placed, target: NodeState, problem: Problem): NodeVerdict => {
  const isCurrent = target === placed.source;
  const filters = isCurrent ? [] : targetFilters.map((filter) => ask(filter, placed, target, problem));
  const refused = filters.filter((one) => !one.passed);
  const facts = { node: target.name, is_current: isCurrent, filters };
  const weighed = target.node.status === 'online' ? weighedFacts(placed, target, problem) : unknownFacts;
  if (isCurrent) return { ...facts, ...weighed, verdict: 'current', detail: 'It is there now', changes: [] };
  if (refused.length > 0) {
    const changes = [...refused.flatMap((one) => one.change ?? []), ...gainChanges(placed, weighed, problem)];
    return { ...facts, ...weighed, verdict: 'refused', detail: refused[0]?.detail ?? '', changes };
  }
  const lacking = gainChanges(placed, weighed, problem);
  const detail = lacking.length > 0 ? tooLittle(placed, weighed, problem) : 'It would do well there';
  return { ...facts, ...weighed, verdict: lacking.length > 0 ? 'too-little' : 'good', detail, changes: lacking };
};

type Weighed = Pick<NodeVerdict, 'score' | 'improvement' | 'cluster_gain' | 'score_details'>;

const unknownFacts: Weighed = { score: null, improvement: null, cluster_gain: null, score_details: null };

const weighedFacts = (placed: Placed, target: NodeState, problem: Problem): Weighed => {
  const isCurrent = target === placed.source;
  const { score, details } = targetScore({ ...endAs(placed, target, problem), adding: !isCurrent });
  const gain = isCurrent ? null : weigh(placed, problem)(target);
  return {
    score: roundTo(score, 2),
    improvement: isCurrent ? 0 : roundTo(offerTo(placed, target, 'load', problem).improvement, 2),
    cluster_gain: gain === null ? null : roundTo(gain, 2),
    score_details: details,
  };
};

const ask = (
  filter: (typeof targetFilters)[number],
  placed: Placed,
  target: NodeState,
  problem: Problem,
): FilterVerdict => {
  const { name, summary } = filter;
  if (filter.admits(placed, target, problem)) return { filter: name, summary, passed: true };
  return {
    filter: name,
    summary,
    passed: false,
    detail: filter.why(placed, target, problem),
    change: filter.change(placed, target, problem),
  };
};

/** What would have to change for the move to be worth it; a guest of a node in maintenance goes whatever it gains. */
const gainChanges = ({ source }: Placed, { improvement, cluster_gain }: Weighed, { config }: Problem): Change[] => {
  if (source.maintenance || improvement === null) return [];
  const changes: Change[] = [];
  if (improvement < config.min_score_improvement) changes.push(improvement >= 0 ? lessImprovement(improvement) : worse);
  if (cluster_gain === null || cluster_gain <= 0) changes.push(clusterLoses);
  return changes;
};

const lessImprovement = (improvement: number): Change => {
  const amount = Math.floor(10 * improvement) / 10;
  const setting = 'penalty_scoring.min_score_improvement';
  return { kind: 'set-setting', setting, amount, unit: 'points', text: `${setting} at ${amount} or less` };
};

const worse: Change = { kind: 'none', text: 'nothing: it would do worse there' };

const clusterLoses: Change = { kind: 'none', text: 'nothing: the cluster as a whole would not gain by it' };

const tooLittle = ({ source }: Placed, { improvement, cluster_gain }: Weighed, { config }: Problem): string => {
  const { min_score_improvement: min } = config;
  if (improvement !== null && improvement < min)
    return `It would gain ${improvement.toFixed(1)} points, ${min} are wanted`;
  return cluster_gain === null
    ? `It would end hotter than ${source.name} is now`
    : 'The cluster as a whole would gain less than the move costs';
};
