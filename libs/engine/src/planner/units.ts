import type { PlacementProblem } from '../placement/model.ts';

/** Guests that end on one node whatever the plan: the members of hard affinity rules that share members, or one guest alone. */
export type Unit = {
  readonly members: readonly number[];
  /** Nodes it may end on, ascending */
  readonly domain: readonly number[];
  /** Where all its members are now; -1: they are apart */
  readonly home: number;
};

export const unitsOf = (problem: PlacementProblem): Unit[] =>
  togetherOf(problem, () => true).map((members) => ({
    members,
    domain: problem.nodes.flatMap((_, n) => (members.every((g) => mayEndOn(problem, g, n)) ? [n] : [])),
    home: homeOf(problem, members),
  }));

/** Sets of guests that hard affinity rules hold together, singles among them; `which` picks the rules. */
export const togetherOf = (
  { guests, affinity }: PlacementProblem,
  which: (rule: PlacementProblem['affinity'][number]) => boolean,
): number[][] => {
  const root = guests.map((_, g) => g);
  const find = (g: number): number => {
    let at = g;
    while (root[at] !== at) at = root[at] = root[root[at] ?? at] ?? at;
    return at;
  };
  for (const rule of affinity)
    if (rule.hard && which(rule)) for (const g of rule.members) root[find(g)] = find(rule.members[0] ?? g);
  return [...Map.groupBy(guests.keys(), find).values()];
};

const mayEndOn = ({ guests, nodes }: PlacementProblem, g: number, n: number): boolean => {
  const guest = guests[g];
  const duty = nodes[n]?.duty;
  if (!guest || duty === 'drains' || duty === 'maintenance') return false;
  if (guest.allowed && !guest.allowed.includes(n)) return false;
  return guest.node === n || (guest.fixed === null && duty === 'serves');
};

const homeOf = ({ guests }: PlacementProblem, members: readonly number[]): number => {
  const homes = new Set(members.map((g) => guests[g]?.node ?? -1));
  const [home = -1] = homes;
  return homes.size === 1 ? home : -1;
};
