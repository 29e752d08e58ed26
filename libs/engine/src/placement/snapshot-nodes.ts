import type { Guest, PlanPolicy } from '@proxbalance/contracts';
import type { NodeState } from '../state/node-state.ts';
import type { PlacementNode } from './model.ts';
import type { ReadGuest } from './snapshot-guests.ts';
import type { MeasuredNode } from './snapshot-objective.ts';
import { addUp, type Claims, hostUse, isOff, localDisks, memClaim, roomMib, total } from './snapshot-sizes.ts';

export type Duty = PlacementNode['duty'];

/** Share of a node's memory that guests and host may claim. */
const MEM_LIMIT_PERCENT = 95;
/** More vCPUs than any node could have: no limit, and still a whole number that sums of vCPUs do not come near. */
const NO_LIMIT = 2 ** 50;

/** A node with what its guests leave of it. */
export type ReadNode = MeasuredNode & {
  readonly name: string;
  /** What guests may claim in all, MiB */
  readonly roomMib: number;
  readonly vcpuLimitMilli: number;
  readonly storageMib: Readonly<Record<string, number>>;
};

export const dutyOf = ({ unusable, maintenance, base }: NodeState, isDrained: boolean): Duty => {
  if (maintenance && base.status === 'online') return isDrained ? 'drains' : 'maintenance';
  return unusable === null ? 'serves' : 'closed';
};

/** Whether all guests have to leave a node. */
export const isEmptied = (duty: Duty | undefined): boolean => duty === 'maintenance' || duty === 'drains';

/** `there`: the guests that are measured on it. */
export const readNode = (
  state: NodeState,
  { duty, there }: { duty: Duty; there: readonly Guest[] },
  policy: PlanPolicy,
): ReadNode => {
  const { base, name } = state;
  const { mem_limit_percent: percent = MEM_LIMIT_PERCENT, cpu_overcommit } = policy;
  const host = hostUse(base, there);
  return {
    name,
    duty,
    cores: base.cpu_cores,
    gib: base.total_mem_gb,
    host,
    roomMib: roomMib((percent / 100) * base.total_mem_gb - host.gib),
    vcpuLimitMilli: cpu_overcommit === undefined ? NO_LIMIT : Math.floor(base.cpu_cores * cpu_overcommit * 1000),
    storageMib: storageRoom(state, there),
  };
};

/** Room for local disks: what is free and what the guests there have; of a storage that is not known only that. */
const storageRoom = ({ base }: NodeState, there: readonly Guest[]): Record<string, number> => {
  const disks = there.flatMap((guest) => Object.entries(localDisks(guest)));
  const isKnown = !base.unknown.includes('storage');
  const free = base.storage.filter(({ active, shared }) => isKnown && active && !shared);
  return addUp([...disks, ...free.map(({ storage, avail_gb }) => [storage, roomMib(avail_gb)] as const)]);
};

/** What guests may use counts, unless all there are, new ones aside, together may use more than the nodes that serve have: then what they use. */
export const claimsThatFit = (nodes: readonly ReadNode[], guests: readonly ReadGuest[], nowhere?: string): Claims => {
  const staying = guests.filter(({ node, guest }) => nodes[node]?.duty !== 'closed' && guest.node !== nowhere);
  const room = total(nodes, ({ duty, roomMib }) => (duty === 'serves' ? roomMib : 0));
  return total(staying, ({ guest }) => memClaim(guest, 'assigned')) <= room ? 'assigned' : 'used';
};

/** Guests of the problem that are on a node or on their way there, those of them that stay whatever is planned, and those on their way from it. */
type Occupants = {
  readonly own: readonly Guest[];
  readonly staying: readonly Guest[];
  readonly leaving: readonly Guest[];
};

/**
 * The node as the model has it. Who is leaving keeps others from coming and drives nobody out; who stays is within any limit, and
 * lets nobody come where that is beyond what there is.
 */
export const placementNode = (node: ReadNode, { own, staying, leaving }: Occupants, claims: Claims): PlacementNode => {
  const limit = (most: number, of: (guest: Guest) => number): number => {
    const whileTheyLeave = Math.max(most - total(leaving, of), Math.min(most, total(own, of)));
    return Math.max(whileTheyLeave, total(staying, of));
  };
  return {
    id: node.name,
    memMib: limit(node.roomMib, (guest) => memClaim(guest, claims)),
    vcpuLimitMilli: limit(node.vcpuLimitMilli, (guest) => (isOff(guest) ? 0 : Math.round(guest.cpu_cores * 1000))),
    storageMib: atLeast(node.storageMib, addUp(staying.flatMap((guest) => Object.entries(localDisks(guest))))),
    duty: node.duty,
  };
};

const atLeast = (room: Readonly<Record<string, number>>, taken: Readonly<Record<string, number>>) =>
  Object.fromEntries(
    [...new Set([...Object.keys(room), ...Object.keys(taken)])].map((name) => [
      name,
      Math.max(amountOf(room, name), amountOf(taken, name)),
    ]),
  );

const amountOf = (amounts: Readonly<Record<string, number>>, name: string): number =>
  Object.hasOwn(amounts, name) ? (amounts[name] ?? 0) : 0;
