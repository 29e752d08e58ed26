import type { HaPlacementRule } from '@proxbalance/contracts';
import { type HaGroup, type HaResource, type HaRule, sidVmid } from '@proxbalance/proxmox';

/** What HA says about places: rules of Proxmox VE 9, groups of 8, both while a cluster is half way between. null: it has none of the kind. */
export type HaPlacement = { rules: HaRule[] | null; groups: HaGroup[] | null };

/**
 * Both in one form. A group is a node-affinity rule of the guests that are in it, which the list of resources tells: null
 * while that could not be read.
 */
export function deriveHaRules(
  { rules, groups }: HaPlacement,
  resources: readonly HaResource[] | null,
): HaPlacementRule[] | null {
  if (groups && groups.length > 0 && !resources) return null;
  const membersOf = Map.groupBy(resources ?? [], (row) => row.group);
  return [
    ...(rules ?? []).flatMap(fromRule),
    ...(groups ?? []).map((group) => fromGroup(group, membersOf.get(group.group) ?? [])),
  ];
}

/** A guest that the HA manager ignores is in no group for it. */
const fromGroup = (group: HaGroup, members: readonly HaResource[]): HaPlacementRule => ({
  name: group.group,
  kind: 'node-affinity',
  vmids: members.flatMap(({ vmid, state }) => (vmid === null || state === 'ignored' ? [] : [vmid])),
  nodes: group.nodes,
  strict: group.restricted,
  applied: true,
  source: 'group',
});

/** A type that is not known here says nothing that could be followed. */
function fromRule(rule: HaRule): HaPlacementRule[] {
  const kind = kindOf(rule);
  if (!kind) return [];
  const { rule: name, nodes, strict, applied } = rule;
  const vmids = rule.sids.flatMap((sid) => sidVmid(sid) ?? []);
  return [{ name, kind, vmids, nodes, strict, applied, source: 'rule' }];
}

function kindOf({ type, affinity }: HaRule): HaPlacementRule['kind'] | null {
  if (type === 'node-affinity') return type;
  if (type !== 'resource-affinity' || !affinity) return null;
  return affinity === 'positive' ? 'keep-together' : 'keep-apart';
}
