import type { PlacementProblemFile, ProblemGuest, ProblemNode, ProblemPolicy } from '@proxbalance/contracts';
import type { BalanceTerm } from './model.ts';
import { bytesOf, mibOf, sum } from './sizes.ts';

type Resource = 'memory' | 'cpu' | 'io';
type Kind = 'usage' | 'pressure';

/** One load of guests on nodes: in whole ten-thousandths as the objective counts it, and exactly as the trigger does. */
export type Loads = {
  readonly kind: Kind;
  /** The method's weight of this load */
  readonly weight: number;
  readonly term: BalanceTerm;
  /** Highest less lowest load at the start, as a fraction */
  readonly gapAtStart: number;
};

export const gapTerm = ({ term }: Loads): BalanceTerm => term;

const tenThousand = 10_000;

export const loadsOf = (
  file: PlacementProblemFile,
  resource: Resource,
  weight: number,
  kind: Kind = 'usage',
): Loads => {
  const { nodes, guests, policy } = file;
  const counted = nodes.map(({ maintenance }) => !maintenance);
  const amounts = guests.map((guest) =>
    guest.running || isDisk(resource, kind) ? amountOf(guest, resource, kind, policy) : 0,
  );
  const exact = nodes.map((node) => (kind === 'pressure' ? 100 : roomOf(node, resource)));
  return {
    kind,
    weight,
    term: {
      name: kind === 'pressure' ? `${resource} pressure` : resource,
      weight,
      footprints: guests.map(({ priority }, g) => wholeFootprint((amounts[g] ?? 0) * priority, resource, kind)),
      bases: nodes.map(() => 0),
      capacities: exact.map((room) => wholeCapacity(room, resource, kind)),
      counted,
    },
    gapAtStart: gapAtStart(
      file,
      amounts,
      exact.map((room) => Math.max(1, room)),
      counted,
    ),
  };
};

const isDisk = (resource: Resource, kind: Kind) => resource === 'io' && kind === 'usage';

/** Bytes, cores or percent of stall. */
const amountOf = (guest: ProblemGuest, resource: Resource, kind: Kind, { mode }: ProblemPolicy): number => {
  if (kind === 'pressure') return guest.pressure[resource === 'memory' ? 'mem' : resource];
  if (resource === 'cpu') return mode === 'assigned' ? guest.vcpus : guest.cpu;
  if (resource === 'memory') return bytesOf(guest.mem_max_gib);
  return sum(Object.values(guest.disks).map((gib) => (gib > 0 ? bytesOf(gib) : 0)));
};

const roomOf = (node: ProblemNode, resource: Resource): number => {
  if (resource === 'cpu') return node.cores - node.reserve.cores;
  if (resource === 'memory') return bytesOf(node.mem_gib) - bytesOf(node.reserve.mem_gib);
  return sum(Object.values(node.storage_free).map(bytesOf));
};

const inBytes = (resource: Resource, kind: Kind) => kind === 'usage' && resource !== 'cpu';

const wholeFootprint = (weighted: number, resource: Resource, kind: Kind): number =>
  inBytes(resource, kind) ? mibOf(weighted) * tenThousand : Math.trunc(weighted * tenThousand);

const wholeCapacity = (room: number, resource: Resource, kind: Kind): number =>
  inBytes(resource, kind) ? Math.max(1, mibOf(room)) : Math.max(1, room);

const gapAtStart = (
  { nodes, guests }: PlacementProblemFile,
  amounts: readonly number[],
  rooms: readonly number[],
  counted: readonly boolean[],
): number => {
  const used = new Map(nodes.map(({ id }) => [id, 0]));
  for (const [g, { node, priority }] of guests.entries())
    used.set(node, (used.get(node) ?? 0) + priority * (amounts[g] ?? 0));
  const loads = nodes.flatMap(({ id }, n) => (counted[n] ? (used.get(id) ?? 0) / (rooms[n] ?? 1) : []));
  return loads.length > 0 ? Math.max(...loads) - Math.min(...loads) : 0;
};
