import type { Placed } from '../filters/filter.ts';
import { isAllowed } from '../filters/target/registry.ts';
import { byText } from '../numbers.ts';
import { loadWith } from '../state/cost.ts';
import type { NodeState } from '../state/node-state.ts';
import { heat, wouldBeBusy } from '../state/pressure.ts';
import { type ChosenMove, makeMove } from './make-move.ts';
import type { Problem } from './problem.ts';
import { offerTo, savingOf } from './score.ts';

type Leader = { move: ChosenMove; target: NodeState };

/**
 * Guests that follow a moved member of their affinity group, from wherever they are, to where the member with the greatest
 * improvement went. They pass the gates of every move, leave the target below its thresholds, and cost the cluster less than
 * the group's moves have saved it.
 */
export const accompany = (problem: Problem, guests: readonly Placed[], moves: readonly ChosenMove[]): ChosenMove[] => {
  if (!problem.respectAffinity) return [];
  const made: ChosenMove[] = [];
  const gone = new Set<Placed>();
  for (const [group, leader] of leaders(moves, problem)) {
    let saved = Math.max(0, leader.move.worth);
    for (const placed of guests.filter((one) => one.guest.tags?.affinity_groups.includes(group))) {
      if (gone.has(placed) || placed.source === leader.target || !mayFollow(placed, leader, problem)) continue;
      saved += savingOf(placed, leader.target, problem);
      if (saved < 0) break;
      const offer = offerTo(placed, leader.target, 'affinity', problem);
      made.push(makeMove({ ...offer, affinity: { group, leader: leader.move.placed.guest.vmid } }, problem));
      gone.add(placed);
    }
  }
  return made;
};

const mayFollow = (placed: Placed, { move, target }: Leader, problem: Problem): boolean => {
  if (!isAllowed(placed, target, problem) || wouldBeBusy(placed.guest, target, problem)) return false;
  const { thresholds } = problem;
  const hottest = heat(move.source.load, move.placed.source.ioExempt, thresholds);
  return heat(loadWith(target, placed.guest, 1), target.ioExempt, thresholds) <= hottest;
};

/** Of each group with moved members the one with the greatest improvement; groups by name. */
const leaders = (moves: readonly ChosenMove[], { state }: Problem): [group: string, leader: Leader][] => {
  const best = new Map<string, ChosenMove>();
  for (const move of moves) {
    for (const group of move.placed.guest.tags?.affinity_groups ?? []) {
      const known = best.get(group);
      if (!known || better(move, known)) best.set(group, move);
    }
  }
  return [...best]
    .sort(([a], [b]) => byText(a, b))
    .flatMap(([group, move]) => {
      const target = state.byName.get(move.target.node.name);
      return target ? [[group, { move, target }]] : [];
    });
};

const better = (a: ChosenMove, b: ChosenMove): boolean =>
  a.improvement !== b.improvement ? a.improvement > b.improvement : a.placed.guest.vmid < b.placed.guest.vmid;
