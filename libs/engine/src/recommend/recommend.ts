import type { Judgement } from '@proxbalance/contracts';
import type { Placed } from '../filters/filter.ts';
import { refusal } from '../filters/guest/registry.ts';
import { defaultLimits, type MoveToPlan, planMoves } from '../plan/plan-moves.ts';
import { copyOf } from '../state/cluster-state.ts';
import { accompany } from './accompany.ts';
import { capacityAdvisories } from './advisories.ts';
import { clusterPicture } from './batch-impact.ts';
import { chooseMoves } from './choose-moves.ts';
import { findConflicts, markConflicts } from './conflicts.ts';
import { distribute } from './distribute.ts';
import { evacuate } from './evacuate.ts';
import { explainMove, nameCompanions } from './explain-move.ts';
import { explainStay, refusedGuest, strayGuest } from './explain-stay.ts';
import type { ChosenMove } from './make-move.ts';
import { moveGroups } from './move-groups.ts';
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
  const moves = halt?.binding ? [] : decide(problem, free, input);
  const conflicts = findConflicts(moves, problem);
  // A cluster in balance may still have small guests to spread.
  const rest = moves.length > 0 ? null : halt;
  const moved = new Set(moves.map((move) => move.placed));
  const explained = moves.map((move) => explainMove(move, problem, before.health));
  const recommendations = nameCompanions(markConflicts(explained, conflicts));
  const stay = asked
    .filter((one) => !moved.has(one.placed))
    .map(({ placed: one, refused }) => (refused ? refusedGuest(one.guest, refused) : explainStay(one, problem, halt)));
  const skipped = [...stay, ...lost.map(strayGuest)].sort((a, b) => a.vmid - b.vmid);
  return {
    recommendations,
    skipped_guests: skipped,
    summary: summarize({ recommendations, skipped, before, halt: rest }, problem),
    conflicts,
    capacity_advisories: capacityAdvisories(problem.state, problem.thresholds, recommendations.length),
    execution_plan: rest
      ? {}
      : planMoves({ ...problem, state: start }, moves.map(toPlan), input.limits ?? defaultLimits),
  };
};

/**
 * Empty the nodes in maintenance, balance the rest, move groups that hold a busy node's load together, even out the number of
 * guests, let companions follow, and try again what found no room before all this made some.
 */
const decide = (problem: Problem, free: readonly Placed[], { distribution }: RecommendInput): ChosenMove[] => {
  const moves: ChosenMove[] = [];
  const gone = new Set<Placed>();
  const stage = (choose: (guests: readonly Placed[]) => ChosenMove[]): boolean => {
    const made = choose(free.filter((placed) => !gone.has(placed)));
    for (const { placed } of made) gone.add(placed);
    moves.push(...made);
    return made.length > 0;
  };
  const balance = (guests: readonly Placed[]) => chooseMoves(problem, guests);
  stage((guests) => evacuate(problem, guests));
  stage(balance);
  if (stage((guests) => moveGroups(problem, guests))) stage(balance);
  stage((guests) => distribute(problem, guests, distribution));
  stage((guests) => accompany(problem, guests, moves));
  if (stage((guests) => evacuate(problem, guests))) stage(balance);
  return moves;
};

const toPlan = ({ placed, target }: ChosenMove): MoveToPlan => ({ guest: placed.guest, target: target.node.name });
