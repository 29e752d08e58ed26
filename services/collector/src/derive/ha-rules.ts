import type { HaPlacementRule } from '@proxbalance/contracts';
import { type HaGroup, type HaResource, type HaRule, sidVmid } from '@proxbalance/proxmox';

/** What HA says about places: rules of Proxmox VE 9, or groups of 8. */
export type HaPlacement = { rules: HaRule[] | null; groups: HaGroup[] | null };

/** Both in one form. A group is a node-affinity rule of the guests that are in it. */
export function deriveHaRules({ rules, groups }: HaPlacement, resources: readonly HaResource[]): HaPlacementRule[] {
  if (rules) return rules.flatMap(fromRule);
  return (groups ?? []).map((group) => ({
    name: group.group,
    kind: 'node-affinity',
    vmids: resources.flatMap((row) => (row.group === group.group && row.vmid !== null ? [row.vmid] : [])),
    nodes: group.nodes,
    strict: group.restricted,
    applied: true,
    source: 'group',
  }));
}

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
