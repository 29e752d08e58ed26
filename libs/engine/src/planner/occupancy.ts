import type { PlacementGuest, PlacementProblem, PlacementRule } from '../placement/model.ts';
import { togetherOf } from './units.ts';

/** Guests that move at the same time from one node to one other, as one move for the limits: a guest, or what of a group is there. */
export type Parcel = { readonly guests: readonly number[]; readonly from: number; readonly to: number };

/**
 * The cluster while a plan is carried out: who is where, and what is taken at every node while the moves of a step run, when
 * both their ends are occupied.
 */
export type Occupancy = {
  readonly problem: PlacementProblem;
  readonly at: Int32Array;
  /** Groups that Proxmox holds together, and the group of each guest; -1: none */
  readonly groups: readonly (readonly number[])[];
  readonly groupOf: Int32Array;
  /** Rules by which Proxmox keeps a guest from others */
  readonly apart: readonly (readonly PlacementRule[])[];
  /** What stands on each node and what arrives in this step, by resource name */
  readonly taken: readonly Map<string, number>[];
  /** Members of each such rule on each node, those that leave or arrive in this step included */
  readonly present: Map<PlacementRule, Map<number, number>>;
  /** The moves of this step */
  readonly running: Parcel[];
};

export const occupancyOf = (problem: PlacementProblem, at: Int32Array): Occupancy => {
  const groups = togetherOf(problem, ({ origin }) => origin === 'pve').filter((members) => members.length > 1);
  const groupOf = new Int32Array(problem.guests.length).fill(-1);
  for (const [i, members] of groups.entries()) for (const g of members) groupOf[g] = i;
  const apart = problem.guests.map((): PlacementRule[] => []);
  for (const rule of problem.antiAffinity)
    if (rule.hard && rule.origin === 'pve') for (const g of rule.members) apart[g]?.push(rule);
  const taken = problem.nodes.map(() => new Map<string, number>());
  const present = new Map([...new Set(apart.flat())].map((rule) => [rule, new Map<number, number>()]));
  const occupancy = { problem, at: Int32Array.from(at), groups, groupOf, apart, taken, present, running: [] };
  for (const g of problem.guests.keys()) occupy(occupancy, g, at[g] ?? 0, 1);
  return occupancy;
};

/** Adds what a guest takes to a node, or takes it away with a `sign` of -1. */
const occupy = ({ problem, apart, taken, present }: Occupancy, g: number, node: number, sign: 1 | -1): void => {
  const guest = problem.guests[g];
  const here = taken[node];
  if (!guest || !here) return;
  for (const [resource, amount] of needsOf(guest)) here.set(resource, (here.get(resource) ?? 0) + sign * amount);
  for (const rule of apart[g] ?? []) {
    const members = present.get(rule);
    members?.set(node, (members.get(node) ?? 0) + sign);
  }
};

const needsOf = ({ memMib, vcpusMilli, disksMib }: PlacementGuest): [string, number][] => {
  const needs: [string, number][] = Object.entries(disksMib).map(([name, mib]) => [`disk ${name}`, mib]);
  needs.push(['mem', memMib], ['vcpu', vcpusMilli]);
  return needs.filter(([, amount]) => amount > 0);
};

const limitOf = ({ problem }: Occupancy, node: number, resource: string): number => {
  const here = problem.nodes[node];
  if (!here) return 0;
  if (resource === 'mem') return here.memMib;
  if (resource === 'vcpu') return here.vcpuLimitMilli;
  return here.storageMib[resource.slice('disk '.length)] ?? 0;
};

/** Whether a parcel can set out now, beside the moves that run already. */
export const fits = (occupancy: Occupancy, parcel: Parcel): boolean =>
  withinLimits(occupancy, parcel) &&
  hasRoom(occupancy, parcel) &&
  keepsApart(occupancy, parcel) &&
  keepsTogether(occupancy, parcel);

const withinLimits = ({ problem, running }: Occupancy, { to }: Parcel): boolean => {
  const { maxNodeInflow, maxParallel } = problem.policy;
  if (maxParallel !== null && running.length >= maxParallel) return false;
  return maxNodeInflow === null || running.filter((other) => other.to === to).length < maxNodeInflow;
};

const hasRoom = (occupancy: Occupancy, { guests, to }: Parcel): boolean => {
  const added = new Map<string, number>();
  for (const g of guests) {
    const guest = occupancy.problem.guests[g];
    for (const [resource, amount] of guest ? needsOf(guest) : [])
      added.set(resource, (added.get(resource) ?? 0) + amount);
  }
  for (const [resource, amount] of added)
    if ((occupancy.taken[to]?.get(resource) ?? 0) + amount > limitOf(occupancy, to, resource)) return false;
  return true;
};

const keepsApart = ({ apart, present }: Occupancy, { guests, to }: Parcel): boolean => {
  const arriving = new Set<PlacementRule>();
  for (const g of guests)
    for (const rule of apart[g] ?? []) {
      if (arriving.has(rule) || (present.get(rule)?.get(to) ?? 0) > 0) return false;
      arriving.add(rule);
    }
  return true;
};

/** The group may not stand on more nodes after the step than before. */
const keepsTogether = ({ groups, groupOf, at, running }: Occupancy, parcel: Parcel): boolean => {
  const group = groupOf[parcel.guests[0] ?? 0] ?? -1;
  if (group < 0) return true;
  const after = new Map<number, number>();
  for (const { guests, to } of [...running, parcel]) for (const g of guests) if (groupOf[g] === group) after.set(g, to);
  const members = groups[group] ?? [];
  const before = new Set(members.map((g) => at[g]));
  return new Set(members.map((g) => after.get(g) ?? at[g])).size <= before.size;
};

/** A parcel sets out: it takes up room at its target too. */
export const depart = (occupancy: Occupancy, parcel: Parcel): void => {
  occupancy.running.push(parcel);
  for (const g of parcel.guests) occupy(occupancy, g, parcel.to, 1);
};

/** All moves of the step are done: what they left is free. Returns them. */
export const arrive = (occupancy: Occupancy): Parcel[] => {
  const done = occupancy.running.splice(0);
  for (const { guests, from, to } of done)
    for (const g of guests) {
      occupy(occupancy, g, from, -1);
      occupancy.at[g] = to;
    }
  return done;
};

/** Parcels that a set of guests makes for their way to `end`: members of a group that go the same way go together. */
export const parcelsOf = ({ at, groupOf }: Occupancy, guests: Iterable<number>, end: Int32Array): Parcel[] => {
  const byWay = Map.groupBy(guests, (g) =>
    groupOf[g] === -1 ? `guest ${g}` : `group ${groupOf[g]} ${at[g]} ${end[g]}`,
  );
  return [...byWay.values()].map((some) => ({ guests: some, from: at[some[0] ?? 0] ?? 0, to: end[some[0] ?? 0] ?? 0 }));
};
