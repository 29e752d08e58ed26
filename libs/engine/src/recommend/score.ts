import type { Guest } from '@proxbalance/contracts';
import type { Placed } from '../filters/filter.ts';
import { isAllowed } from '../filters/target/registry.ts';
import { neutralGuest } from '../load.ts';
import { saver, type Weigh, weigher } from '../state/cost.ts';
import { addedLoad, type NodeState } from '../state/node-state.ts';
import { drivesIo, isIoStressed } from '../state/pressure.ts';
import { scoreOf, scoreRise } from '../target-score.ts';
import type { Problem } from './problem.ts';

/** A move one could make now: where to, what it gains, and what it is worth to the whole cluster. */
export type Offer = {
  placed: Placed;
  target: NodeState;
  trigger: 'maintenance' | 'iowait' | 'load' | 'distribution' | 'affinity';
  sourceScore: number;
  targetScore: number;
  /** Points: source score with its boost − target score */
  improvement: number;
  /** What the cluster saves; 0 in maintenance, where nothing is weighed */
  worth: number;
  /** The affinity group it moves with, and the guest it follows */
  affinity?: { group: string; leader: number };
};

/** Whether a target is worth going to; all targets pass without it. */
export type Wanted = (target: NodeState) => boolean;

/** The best target a guest may go to, lowest score first, ties by name; null when every node objects or is not wanted. */
export const bestOffer = (placed: Placed, problem: Problem, wanted: Wanted = () => true): Offer | null => {
  let best: { target: NodeState; score: number } | null = null;
  for (const target of problem.state.targets) {
    if (best && cannotBeat(best.score, placed.guest, target)) continue;
    if (!wanted(target) || !isAllowed(placed, target, problem)) continue;
    const score = scoreOf({ ...endAs(placed, target, problem), adding: true });
    if (!best || score < best.score || (score === best.score && target.name < best.target.name))
      best = { target, score };
  }
  return best && offer(placed, best.target, best.score, problem);
};

/** Whether no score of the node for the guest is as low as this one. */
export const cannotBeat = (score: number, guest: Guest, { node, load, standing }: NodeState): boolean => {
  const least = standing.score - standing.slack - 1e-9;
  return least > score || least + scoreRise(load, addedLoad(guest, node)) > score;
};

/** What each move of a guest saves the cluster; null when it must not be made: the target would end hotter than the source is. */
export const weigh = ({ guest, source }: Placed, { thresholds, scale }: Problem): Weigh =>
  weigher(guest, source, thresholds, scale);

/** What a move saves the cluster even where the target ends hotter than the source is; negative: what it costs. */
export const savingOf = ({ guest, source }: Placed, target: NodeState, { thresholds, scale }: Problem): number =>
  saver(guest, source, thresholds, scale)(target);

/** The move of a guest to one node, for the reason its own node gives. Rules are not asked. */
export const offerFor = (placed: Placed, target: NodeState, problem: Problem): Offer =>
  offer(placed, target, scoreOf({ ...endAs(placed, target, problem), adding: true }), problem);

/** The move of a guest to one node, whatever it gains; `trigger` says what for. Rules are not asked. */
export const offerTo = (placed: Placed, target: NodeState, trigger: Offer['trigger'], problem: Problem): Offer => ({
  ...offerFor(placed, target, problem),
  trigger,
  worth: savingOf(placed, target, problem),
});

/** What an end of a move is scored by: the node with the moves so far, and the load the guest brings, none while it does not run. */
export const endAs = ({ guest, profile }: Placed, { node, trend, facts }: NodeState, { state }: Problem) => ({
  node,
  facts,
  guest: guest.status === 'running' ? guest : neutralGuest,
  profile,
  trend,
  ...state.rules,
});

const offer = (placed: Placed, target: NodeState, targetScore: number, problem: Problem): Offer => {
  const { trigger, score: sourceScore } = sourceScoreOf(placed, problem);
  return {
    placed,
    target,
    trigger,
    sourceScore,
    targetScore,
    improvement: sourceScore - targetScore,
    worth: trigger === 'maintenance' ? 0 : (weigh(placed, problem)(target) ?? 0),
  };
};

/** Score of the node without the guest, with what is added for maintenance or I/O wait, and which of them it is. */
export const sourceScoreOf = (placed: Placed, problem: Problem): Pick<Offer, 'trigger'> & { score: number } => {
  const trigger = triggerOf(placed, problem);
  const own = scoreOf({ ...endAs(placed, placed.source, problem), adding: false });
  return { trigger, score: own + boost(trigger, problem) };
};

const triggerOf = ({ guest, source }: Placed, problem: Problem): Offer['trigger'] => {
  if (source.maintenance) return 'maintenance';
  return isIoStressed(source, problem) && drivesIo(guest, source) ? 'iowait' : 'load';
};

const boost = (trigger: Offer['trigger'], { config }: Problem): number => {
  if (trigger === 'maintenance') return config.maintenance_score_boost;
  return trigger === 'iowait' ? config.iowait_score_boost : 0;
};
