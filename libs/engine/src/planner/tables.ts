import type { PlacementProblem, PlacementRule } from '../placement/model.ts';
import { type Unit, unitsOf } from './units.ts';

/** Rows of numbers of different lengths in one array: row i is `values` from `start[i]` to before `start[i + 1]`. */
export type Rows = { readonly start: Int32Array; readonly values: Int32Array };

/** The problem as typed arrays. Tables of two indices are flat: unit or resource or rule first, node last. */
export type Tables = {
  readonly problem: PlacementProblem;
  readonly units: readonly Unit[];
  readonly unitCount: number;
  readonly nodeCount: number;
  readonly unitOf: Int32Array;
  /** Where units are now; -1: not all their guests are together */
  readonly homes: Int32Array;
  readonly domains: Int32Array[];
  /** Whether a unit may end on a node */
  readonly may: Uint8Array;
  /** What it costs, in the objective, that a unit is on a node, and how many guests moved for it */
  readonly moveCost: Float64Array;
  readonly moveCount: Uint16Array;
  /** Resources with limits: memory, vCPUs, and each storage; a unit's needs above 0 */
  readonly resourceCount: number;
  readonly limits: Float64Array;
  readonly needs: Rows;
  readonly needAmounts: Float64Array;
  /** What one unit above a limit weighs, by resource: about one for a guest of usual size */
  readonly overScale: Float64Array;
  /** Anti-affinity: the rules a unit takes part in, and with how many members */
  readonly apart: Rows;
  readonly apartMembers: Int32Array;
  readonly apartHard: Uint8Array;
  /** Soft affinity: rules a unit takes part in; members as units, the first first */
  readonly near: Rows;
  readonly nearMembers: readonly Int32Array[];
  readonly termCount: number;
  /** Weight of a term in the objective, the balance weight included */
  readonly termWeights: Float64Array;
  readonly footprints: Float64Array;
  /** By term: units from the smallest footprint to the largest, and the place of each in that order */
  readonly ranked: Int32Array;
  readonly ranks: Int32Array;
  readonly bases: Float64Array;
  readonly capacities: Float64Array;
  readonly counted: Uint8Array;
  /** By term */
  readonly countedNodes: Float64Array;
  /** Unevenness is the standard deviation rather than the gap; loads are rounded down */
  readonly deviation: boolean;
  readonly whole: boolean;
  readonly softWeight: number;
};

export const tablesOf = (problem: PlacementProblem): Tables => {
  const units = unitsOf(problem);
  const unitOf = new Int32Array(problem.guests.length);
  for (const [u, { members }] of units.entries()) for (const g of members) unitOf[g] = u;
  return {
    problem,
    units,
    unitCount: units.length,
    nodeCount: problem.nodes.length,
    unitOf,
    homes: Int32Array.from(units, ({ home }) => home),
    ...placesOf(problem, units),
    ...resourcesOf(problem, units),
    ...rulesOf(problem, unitOf, units.length),
    ...termsOf(problem, units),
  };
};

const placesOf = ({ nodes, guests, policy: { objective } }: PlacementProblem, units: readonly Unit[]) => {
  const size = nodes.length;
  const may = new Uint8Array(units.length * size);
  const moveCost = new Float64Array(units.length * size);
  const moveCount = new Uint16Array(units.length * size);
  const tie = tieBreakOf(guests);
  const shared = new Map<string, Int32Array>();
  const domains = units.map(({ domain }) => {
    const key = domain.join();
    const list = shared.get(key) ?? Int32Array.from(domain);
    shared.set(key, list);
    return list;
  });
  for (const [u, { members, domain }] of units.entries()) {
    for (const n of domain) may[u * size + n] = 1;
    for (let n = 0; n < size; n++) {
      const moved = members.filter((g) => guests[g]?.node !== n);
      const cost = moved.reduce((total, g) => total + (guests[g]?.moveCost ?? 0), 0);
      moveCost[u * size + n] =
        objective.costWeight * cost +
        objective.moveWeight * moved.length +
        tie.perCost * cost +
        tie.perMove * moved.length;
      moveCount[u * size + n] = moved.length;
    }
  }
  return { domains, may, moveCost, moveCount };
};

/** Of placements that are equally good the one with fewer moves wins, then the cheaper one: all moves together weigh this little. */
export const tieBreak = 1e-4;

const tieBreakOf = (guests: PlacementProblem['guests']) => ({
  perMove: tieBreak / 2 / Math.max(1, guests.length),
  perCost:
    tieBreak /
    2 /
    Math.max(
      1,
      guests.reduce((total, { moveCost }) => total + moveCost, 0),
    ),
});

const resourcesOf = ({ nodes, guests }: PlacementProblem, units: readonly Unit[]) => {
  const storages = [...new Set([...nodes.flatMap(keysOf), ...guests.flatMap(({ disksMib }) => Object.keys(disksMib))])];
  const index = new Map(storages.map((name, i) => [name, 2 + i]));
  const resourceCount = 2 + storages.length;
  const limits = new Float64Array(resourceCount * nodes.length);
  for (const [n, node] of nodes.entries()) {
    limits[n] = node.memMib;
    limits[nodes.length + n] = node.vcpuLimitMilli;
    for (const [name, mib] of Object.entries(node.storageMib)) limits[(index.get(name) ?? 0) * nodes.length + n] = mib;
  }
  const amounts = units.map(({ members }) => {
    const needed = new Map<number, number>();
    const add = (resource: number, amount: number) => {
      if (amount > 0) needed.set(resource, (needed.get(resource) ?? 0) + amount);
    };
    for (const g of members) {
      add(0, guests[g]?.memMib ?? 0);
      add(1, guests[g]?.vcpusMilli ?? 0);
      for (const [name, mib] of Object.entries(guests[g]?.disksMib ?? {})) add(index.get(name) ?? 0, mib);
    }
    return needed;
  });
  const needs = rowsOf(amounts.map((needed) => [...needed.keys()]));
  const needAmounts = Float64Array.from(amounts.flatMap((needed) => [...needed.values()]));
  return { resourceCount, limits, needs, needAmounts, overScale: scaleOf(resourceCount, needs, needAmounts) };
};

const keysOf = ({ storageMib }: { storageMib: Readonly<Record<string, number>> }) => Object.keys(storageMib);

const scaleOf = (resourceCount: number, needs: Rows, amounts: Float64Array): Float64Array => {
  const total = new Float64Array(resourceCount);
  const count = new Float64Array(resourceCount);
  for (const [i, resource] of needs.values.entries()) {
    total[resource] = (total[resource] ?? 0) + (amounts[i] ?? 0);
    count[resource] = (count[resource] ?? 0) + 1;
  }
  return total.map((sum, resource) => (sum > 0 ? (count[resource] ?? 1) / sum : 1));
};

const rulesOf = ({ affinity, antiAffinity }: PlacementProblem, unitOf: Int32Array, unitCount: number) => {
  const unitsIn = (rule: PlacementRule) => rule.members.map((g) => unitOf[g] ?? 0);
  const near = affinity.filter(({ hard }) => !hard).map(unitsIn);
  const apart = membersByUnit(antiAffinity.map(unitsIn), unitCount);
  return {
    apart: rowsOf(apart.map((rules) => [...rules.keys()])),
    apartMembers: Int32Array.from(apart.flatMap((rules) => [...rules.values()])),
    apartHard: Uint8Array.from(antiAffinity, ({ hard }) => (hard ? 1 : 0)),
    near: rowsOf(membersByUnit(near, unitCount).map((rules) => [...rules.keys()])),
    nearMembers: near.map((members) => Int32Array.from(members)),
  };
};

/** For each unit the rules it is in, and how many of its guests are members. */
const membersByUnit = (rules: readonly (readonly number[])[], unitCount: number): Map<number, number>[] => {
  const lists = Array.from({ length: unitCount }, () => new Map<number, number>());
  for (const [r, members] of rules.entries()) for (const u of members) lists[u]?.set(r, (lists[u].get(r) ?? 0) + 1);
  return lists;
};

const termsOf = ({ nodes, policy: { objective } }: PlacementProblem, units: readonly Unit[]) => {
  const terms = objective.terms.filter(
    (term) => term.weight * objective.balanceWeight > 0 && term.counted.some(Boolean),
  );
  const perNode = (of: (term: (typeof terms)[number], n: number) => number) =>
    terms.flatMap((term) => nodes.map((_, n) => of(term, n)));
  const footprints = Float64Array.from(
    terms.flatMap((term) =>
      units.map(({ members }) => members.reduce((total, g) => total + (term.footprints[g] ?? 0), 0)),
    ),
  );
  return {
    ...ranksOf(footprints, units.length),
    termCount: terms.length,
    termWeights: Float64Array.from(terms, ({ weight }) => weight * objective.balanceWeight),
    footprints,
    bases: Float64Array.from(perNode(({ bases }, n) => bases[n] ?? 0)),
    capacities: Float64Array.from(perNode(({ capacities }, n) => capacities[n] ?? 1)),
    counted: Uint8Array.from(perNode(({ counted }, n) => (counted[n] ? 1 : 0))),
    countedNodes: Float64Array.from(terms, ({ counted }) => counted.filter(Boolean).length),
    deviation: objective.unevenness === 'deviation',
    whole: objective.whole,
    softWeight: objective.softWeight,
  };
};

const ranksOf = (footprints: Float64Array, unitCount: number) => {
  const ranked = new Int32Array(Math.max(footprints.length, unitCount));
  for (let first = 0; first < ranked.length; first += unitCount) {
    const order = Array.from({ length: unitCount }, (_, u) => u);
    const size = (u: number) => footprints[first + u] ?? 0;
    ranked.set(
      order.sort((a, b) => size(a) - size(b) || a - b),
      first,
    );
  }
  const ranks = new Int32Array(ranked.length);
  for (const [i, u] of ranked.entries()) ranks[Math.floor(i / unitCount) * unitCount + u] = i % unitCount;
  return { ranked, ranks };
};

const rowsOf = (lists: readonly (readonly number[])[]): Rows => {
  const start = new Int32Array(lists.length + 1);
  for (const [i, list] of lists.entries()) start[i + 1] = (start[i] ?? 0) + list.length;
  return { start, values: Int32Array.from(lists.flat()) };
};

/** A unit may not end on a node any more. */
export const forbid = (tables: Tables, unit: number, node: number): void => {
  tables.may[unit * tables.nodeCount + node] = 0;
  tables.domains[unit] = (tables.domains[unit] ?? new Int32Array(0)).filter((one) => one !== node);
};
