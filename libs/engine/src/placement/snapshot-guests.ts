import type { Guest } from '@proxbalance/contracts';
import type { Placed, Refusal } from '../filters/filter.ts';
import { passthroughDevice } from '../filters/guest/passthrough-device.ts';
import { passthroughDisk } from '../filters/guest/passthrough-disk.ts';
import { refusal } from '../filters/guest/registry.ts';
import { unknownState } from '../filters/guest/unknown-parts.ts';
import { storageRefusal } from '../filters/target/storage.ts';
import type { InFlightMove, Problem } from '../recommend/problem.ts';
import type { NodeState } from '../state/node-state.ts';
import type { PlacementGuest } from './model.ts';
import type { Allowed } from './snapshot-allowed.ts';
import type { Duty } from './snapshot-nodes.ts';
import type { NamedRule } from './snapshot-rules.ts';
import { type Claims, isOff, localDisks, memClaim, moveCost } from './snapshot-sizes.ts';

/** A guest as the problem sees it. */
export type ReadGuest = {
  /** Its vmid; of one that does not exist yet its name */
  readonly id: string;
  readonly guest: Guest;
  /** Index of the node it is on, or on its way to */
  readonly node: number;
  /** Index of the node its load is measured on */
  readonly measuredOn: number;
  /** Why it stays where it is; null: it may move */
  readonly refused: Refusal | null;
  /** Nodes it may be on; null: all */
  readonly allowed: readonly number[] | null;
};

type Context = {
  readonly judgement: Problem;
  readonly inFlight: readonly InFlightMove[];
  readonly failed: ReadonlySet<string>;
  /** Guests on it do not exist yet */
  readonly nowhere: string | undefined;
  readonly rules: readonly NamedRule[];
  readonly duties: readonly Duty[];
  readonly strict: ReadonlyMap<number, ReadonlySet<string>>;
  readonly mayBeOn: Allowed;
};

/** Every guest of a known node. One that is on its way counts where it goes; what is off on a node that failed counts nowhere. */
export const readGuests = (placed: readonly Placed[], context: Context): ReadGuest[] => {
  const { judgement, failed, duties } = context;
  const { nodes } = judgement.state;
  const indexOf = new Map(nodes.map(({ name }, n) => [name, n]));
  const arrivals = arrivalsOf(context.inFlight);
  const barred = barredBy(context, arrivals, indexOf);
  const opens = openSomewhere(duties);
  return placed.flatMap((one): ReadGuest[] => {
    const { guest, source } = one;
    const isLost = failed.has(source.name);
    const isNew = source.name === context.nowhere;
    if (isLost && isOff(guest)) return [];
    const measuredOn = indexOf.get(source.name) ?? 0;
    const node = indexOf.get(arrivals.get(guest.vmid) ?? '') ?? measuredOn;
    const refused = isNew ? null : isLost ? refuseRestart(one, judgement) : refusal(one, judgement);
    const id = isNew ? `${guest.name} (new)` : String(guest.vmid);
    if (refused) return [{ id, guest, node, measuredOn, refused, allowed: null }];
    const strict = context.strict.get(guest.vmid);
    const bars = barred.get(guest.vmid);
    const may = context.mayBeOn(guest, node);
    const isFree = (n: number) => (!strict || strict.has(nodes[n]?.name ?? '')) && !bars?.has(n);
    const allowed = strict || bars ? (may ?? [...nodes.keys()]).filter(isFree) : may;
    // A new guest has no place it could stay at.
    const goes = isNew || opens(allowed, node);
    return [{ id, guest, node, measuredOn, allowed, refused: goes ? null : nowhere(guest, nodes, duties, node) }];
  });
};

export const placementGuest = ({ id, guest, node, refused, allowed }: ReadGuest, claims: Claims): PlacementGuest => ({
  id,
  type: guest.type,
  node,
  vcpusMilli: isOff(guest) ? 0 : Math.round(guest.cpu_cores * 1000),
  memMib: memClaim(guest, claims),
  disksMib: localDisks(guest),
  fixed: refused === null ? null : refused.reason === 'has_ignore_tag' ? 'ignored' : 'pinned',
  allowed: refused ? null : allowed,
  moveCost: moveCost(guest),
});

/** Where guests are on their way to, by vmid; of two moves of one guest the first by target counts. */
const arrivalsOf = (inFlight: readonly InFlightMove[]): Map<number, string> =>
  new Map(
    inFlight
      .toSorted((a, b) => (a.target_node < b.target_node ? 1 : -1))
      .map(({ vmid, target_node }) => [vmid, target_node]),
  );

/** Nodes that guests cannot go to, by vmid, because one they are to be apart from has not left yet. */
const barredBy = (
  { rules, judgement: { snapshot } }: Context,
  arrivals: ReadonlyMap<number, string>,
  indexOf: ReadonlyMap<string, number>,
): Map<number, Set<number>> => {
  const barred = new Map<number, Set<number>>();
  for (const { kind, vmids } of arrivals.size > 0 ? rules : []) {
    if (kind !== 'apart') continue;
    for (const leaving of vmids) {
      if (!arrivals.has(leaving)) continue;
      const from = indexOf.get(snapshot.guests[String(leaving)]?.node ?? '');
      for (const other of vmids) {
        // Who is there already is not driven away by one that goes.
        const isThere = indexOf.get(snapshot.guests[String(other)]?.node ?? '') === from;
        if (from !== undefined && other !== leaving && !isThere)
          barred.set(other, (barred.get(other) ?? new Set()).add(from));
      }
    }
  }
  return barred;
};

/** Why a guest of a node that is gone cannot be started elsewhere; what people wish for it no longer counts. */
const refuseRestart = (placed: Placed, judgement: Problem): Refusal | null => {
  for (const filter of [unknownState, passthroughDisk, passthroughDevice]) {
    const refused = filter.check(placed, judgement);
    if (refused) return refused;
  }
  const [storage] = Object.keys(localDisks(placed.guest));
  return storage === undefined
    ? null
    : { reason: 'local_storage', detail: `Its disks on ${storage} are gone with the node` };
};

/** Whether a list of nodes has one that takes guests, besides the one the guest is on. Most guests share their lists. */
const openSomewhere = (duties: readonly Duty[]) => {
  const serving = new Map<readonly number[] | null, readonly number[]>();
  return (allowed: readonly number[] | null, node: number): boolean => {
    let open = serving.get(allowed);
    if (!open) {
      open = (allowed ?? [...duties.keys()]).filter((n) => duties[n] === 'serves').slice(0, 2);
      serving.set(allowed, open);
    }
    return open.some((n) => n !== node);
  };
};

const nowhere = (guest: Guest, nodes: readonly NodeState[], duties: readonly Duty[], home: number): Refusal => {
  const [other] = nodes.filter((_, n) => n !== home && duties[n] === 'serves');
  const detail = other
    ? (storageRefusal(guest, other.base) ?? 'Its rules leave it no other node')
    : 'There is no other node that takes guests';
  return { reason: 'no_suitable_target', detail };
};
