import type { ClusterSnapshot, Guest } from '@proxbalance/contracts';
import { byText } from '../numbers.ts';
import type { PlacementRule } from './model.ts';

/** A rule and the ids of all its members, whether the problem knows them or not. */
export type NamedRule = {
  readonly name: string;
  readonly kind: 'together' | 'apart';
  readonly origin: PlacementRule['origin'];
  readonly vmids: readonly number[];
};

type Wanted = { respectAffinity: boolean; dropped: ReadonlySet<string> };

/** Rules of tags and resource affinity of Proxmox, by name; those that were dropped left out. */
export const rulesOf = (snapshot: ClusterSnapshot, { respectAffinity, dropped }: Wanted): NamedRule[] => {
  const guests = Object.values(snapshot.guests);
  const tags: NamedRule[] = [
    ...(respectAffinity ? taggedWith(guests, 'affinity_groups') : []).map(
      ([name, vmids]) => ({ name, kind: 'together', origin: 'tag', vmids }) as const,
    ),
    ...taggedWith(guests, 'exclude_groups').map(
      ([name, vmids]) => ({ name, kind: 'apart', origin: 'tag', vmids }) as const,
    ),
  ];
  const pve = (snapshot.ha_rules ?? []).flatMap((rule): NamedRule[] => {
    if (!rule.applied || rule.kind === 'node-affinity') return [];
    const kind = rule.kind === 'keep-together' ? 'together' : 'apart';
    return [{ name: rule.name, kind, origin: 'pve', vmids: rule.vmids }];
  });
  return [...tags, ...pve].filter(({ name, vmids }) => vmids.length > 1 && !dropped.has(name));
};

/** Every name a rule may be dropped by. */
export const ruleNames = (snapshot: ClusterSnapshot): Set<string> =>
  new Set([
    ...Object.values(snapshot.guests).flatMap(({ tags }) => [
      ...(tags?.affinity_groups ?? []),
      ...(tags?.exclude_groups ?? []),
    ]),
    ...(snapshot.ha_rules ?? []).map(({ name }) => name),
  ]);

/** Nodes a guest must be on by strict node affinity of Proxmox, by vmid; who is in none is not there. */
export const strictNodes = (snapshot: ClusterSnapshot, dropped: ReadonlySet<string>): Map<number, Set<string>> => {
  const lists = new Map<number, Set<string>>();
  for (const { kind, name, strict, applied, vmids, nodes } of snapshot.ha_rules ?? []) {
    if (kind !== 'node-affinity' || !strict || !applied || dropped.has(name)) continue;
    const own = nodes.map(({ node }) => node);
    for (const vmid of vmids) {
      const before = lists.get(vmid);
      lists.set(vmid, new Set(before ? own.filter((node) => before.has(node)) : own));
    }
  }
  return lists;
};

const taggedWith = (guests: readonly Guest[], kind: 'affinity_groups' | 'exclude_groups'): [string, number[]][] => {
  const members = new Map<string, number[]>();
  for (const { tags, vmid } of guests)
    for (const tag of tags?.[kind] ?? []) {
      const known = members.get(tag);
      if (known) known.push(vmid);
      else members.set(tag, [vmid]);
    }
  return [...members].sort(([a], [b]) => byText(a, b)).map(([tag, vmids]) => [tag, vmids.sort((a, b) => a - b)]);
};
