import type { PlacementProblem } from '../placement/model.ts';
import type { Best } from './anneal.ts';
import { searchExactly } from './exact.ts';
import { type Tables, tablesOf } from './tables.ts';

/** Guests that can't be anywhere; a conflict of rules if that is so whatever the room and whatever nodes are used for. */
export type Contradiction = { readonly status: 'infeasible' | 'rule-conflict'; readonly blockers: readonly number[] };

/** What stands in the way of every placement and is seen at once. */
export const contradictionOf = (problem: PlacementProblem, { units, unitOf }: Tables): Contradiction | null => {
  for (const { hard, members } of problem.antiAffinity) {
    const together = hard ? sameUnit(members, unitOf) : [];
    if (together.length > 1) return { status: 'rule-conflict', blockers: together };
  }
  const nowhere = units.filter(({ domain }) => domain.length === 0);
  if (nowhere.length === 0) return null;
  const torn = nowhere.filter(
    ({ members }) => members.length > 1 && !problem.nodes.some((_, n) => rulesAllow(problem, members, n)),
  );
  if (torn.length > 0) return { status: 'rule-conflict', blockers: torn.flatMap(({ members }) => members) };
  return { status: 'infeasible', blockers: nowhere.flatMap(({ members }) => members) };
};

/** Whether the rules by themselves could be kept if room were no matter; true as well where that is too hard to tell. */
export const rulesAlonePermit = (problem: PlacementProblem): boolean => {
  const boundless = { memMib: Number.POSITIVE_INFINITY, vcpuLimitMilli: Number.POSITIVE_INFINITY };
  const policy = { ...problem.policy, objective: { ...problem.policy.objective, terms: [] } };
  const guests = problem.guests.map((guest) => ({ ...guest, disksMib: {} }));
  const tables = tablesOf({
    ...problem,
    guests,
    policy,
    nodes: problem.nodes.map((node) => ({ ...node, ...boundless })),
  });
  const best: Best = { at: new Int32Array(tables.unitCount), objective: Number.POSITIVE_INFINITY };
  const limits = { tries: 20_000, moves: Number.POSITIVE_INFINITY, accept: () => true, stop: () => false };
  return !searchExactly(tables, best, limits) || best.objective < Number.POSITIVE_INFINITY;
};

const sameUnit = (members: readonly number[], unitOf: Int32Array): readonly number[] => {
  const byUnit = Map.groupBy(members, (g) => unitOf[g]);
  return [...byUnit.values()].find(({ length }) => length > 1) ?? [];
};

/** Whether the members may be on a node together as far as rules and pins say, whatever the node is used for. */
const rulesAllow = ({ guests }: PlacementProblem, members: readonly number[], node: number): boolean =>
  members.every((g) => {
    const guest = guests[g];
    return guest && (guest.node === node || guest.fixed === null) && (!guest.allowed || guest.allowed.includes(node));
  });
