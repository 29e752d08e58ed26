import type { Guest, Node } from '@proxbalance/contracts';
import { storageRefusal } from '../filters/target/storage.ts';
import type { NodeState } from '../state/node-state.ts';
import { addUp } from './snapshot-sizes.ts';

type Question = {
  readonly nodes: readonly NodeState[];
  /** Guests that the token is not shown may be anywhere */
  readonly hasUnseenGuests: boolean;
};

/** On which nodes a guest may be, whatever the room there: indices, ascending; null: on all. Where it is it may stay. */
export type Allowed = (guest: Guest, home: number) => readonly number[] | null;

/**
 * Asked once for all guests that have their disks on the same storages: those must be there, active and take such disks. A
 * guest with an exclude_ tag goes nowhere where guests are whose tags are not known.
 */
export const openAllowed = ({ nodes, hasUnseenGuests }: Question): Allowed => {
  const roomy = nodes.map(({ base }) => withRoom(base));
  const known = new Map<string, readonly number[] | null>();
  const find = (guest: Guest, home: number): readonly number[] | null => {
    const isApart = (guest.tags?.exclude_groups.length ?? 0) > 0;
    const may = (n: number) => {
      const node = roomy[n];
      if (n === home) return true;
      if (!node || (isApart && (hasUnseenGuests || (nodes[n]?.untold ?? 0) > 0))) return false;
      return storageRefusal(guest, node) === null;
    };
    const list = [...nodes.keys()].filter(may);
    return list.length === nodes.length ? null : list;
  };
  return (guest, home) => {
    const key = `${home} ${kindOf(guest)}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    const list = find(guest, home);
    known.set(key, list);
    return list;
  };
};

/**
 * The same for guests that do not exist yet: their disks are made where they will be, so none has to be copied there. What they
 * take of a shared storage they take together.
 */
export const openAllowedForNew = ({ nodes, hasUnseenGuests }: Question, guests: readonly Guest[]): Allowed => {
  const wanted = addUp(guests.flatMap(({ disks }) => (disks ?? []).map((disk) => [disk.storage, disk.size_gb ?? 0])));
  const lacks = ({ base }: NodeState) =>
    base.storage.some(({ storage, shared, avail_gb }) => shared && (wanted[storage] ?? 0) > avail_gb);
  return (guest) => {
    const made = { ...guest, disks: (guest.disks ?? []).map((disk) => ({ ...disk, is_shared: true })) };
    const isApart = (guest.tags?.exclude_groups.length ?? 0) > 0;
    const may = (node: NodeState) =>
      !(isApart && (hasUnseenGuests || node.untold > 0)) && !lacks(node) && storageRefusal(made, node.base) === null;
    return [...nodes.entries()].flatMap(([n, node]) => (may(node) ? [n] : []));
  };
};

/** Room is a limit of the model: here only what no room helps against counts. */
const withRoom = (node: Node): Node => ({
  ...node,
  storage: node.storage.map((storage) => ({ ...storage, avail_gb: Number.POSITIVE_INFINITY })),
});

/** What tells guests apart for which different nodes are allowed. */
const kindOf = ({ type, tags, disks }: Guest): string => {
  const isApart = tags && tags.exclude_groups.length > 0;
  let kind = `${type} ${isApart ? 'apart' : ''} ${disks ? '' : 'unknown'}`;
  for (const { storage, is_cdrom, is_shared, size_gb } of disks ?? [])
    kind += `\n${storage} ${is_cdrom} ${is_shared} ${size_gb === null}`;
  return kind;
};
