import type { Judgement } from '@proxbalance/contracts';
import type { Placed } from '../filters/filter.ts';
import { refusal } from '../filters/guest/registry.ts';
import { defaultLimits, type MoveToPlan, planMoves } from '../plan/plan-moves.ts';
import { copyOf } from '../state/cluster-state.ts';
import { capacityAdvisories } from './advisories.ts';
import { clusterPicture } from './batch-impact.ts';
import { chooseMoves } from './choose-moves.ts';
import { findConflicts, markConflicts } from './conflicts.ts';
import { evacuate } from './evacuate.ts';
import { explainMove } from './explain-move.ts';
import { explainStay, refusedGuest, strayGuest } from './explain-stay.ts';
import type { ChosenMove } from './make-move.ts';
import { type Problem, placedGuests, problemOf, type RecommendInput } from './problem.ts';
import { standstill, summarize } from './summary.ts';

/**
 * Judge a snapshot: which guests should move where, why, and why the others stay. Stages: filter, score, choose, explain.
 * The order of the recommendations is the order in which they were weighed: the cluster is not worse after any first part
 * of them. Nothing is recommended without a confirmed quorum.
 */
export const recommend = (input: RecommendInput): Judgement => {
  const problem = problemOf(input);
  const { placed, lost } = placedGuests(problem);
  const before = clusterPicture(problem);
  const halt = standstill(problem);
  const asked = placed.map((one) => ({ placed: one, refused: refusal(one, problem) }));
  const free = asked.flatMap(({ placed: one, refused }) => (refused ? [] : [one]));
  const start = copyOf(problem.state);
  const moves = halt?.binding ? [] : decide(problem, free);
  const conflicts = findConflicts(moves, problem);
  const moved = new Set(moves.map((move) => move.placed));
  const explained = moves.map((move) => explainMove(move, problem, before.health));
  const recommendations = markConflicts(explained, conflicts);
  const stay = asked
    .filter((one) => !moved.has(one.placed))
    .map(({ placed: one, refused }) => (refused ? refusedGuest(one.guest, refused) : explainStay(one, problem, halt)));
  const skipped = [...stay, ...lost.map(strayGuest)].sort((a, b) => a.vmid - b.vmid);
  return {
    recommendations,
    skipped_guests: skipped,
    summary: summarize({ recommendations, skipped, before, halt }, problem),
    conflicts,
    capacity_advisories: capacityAdvisories(problem.state, problem.thresholds, recommendations.length),
    execution_plan: halt
      ? {}
      : planMoves({ ...problem, state: start }, moves.map(toPlan), input.limits ?? defaultLimits),
  };
};

/** Empty the nodes in maintenance, balance the rest, and try again what found no room before the balancing made some. */
const decide = (problem: Problem, free: readonly Placed[]): ChosenMove[] => {
  const moves = [...evacuate(problem, free), ...chooseMoves(problem, free)];
  const gone = new Set(moves.map((move) => move.placed));
  return [
    ...moves,
    ...evacuate(
      problem,
      free.filter((placed) => !gone.has(placed)),
    ),
  ];
};

const toPlan = ({ placed, target }: ChosenMove): MoveToPlan => ({ guest: placed.guest, target: target.node.name });
