import type { ClusterSnapshot, Guest, HaPlacementRule } from '@proxbalance/contracts';
import type { HaResource } from '@proxbalance/proxmox';

/** What is known of HA, as far as one guest is concerned. */
export type HaKnowledge = {
  /** The list as a whole, by vmid; null: not read. */
  resources: ReadonlyMap<number, HaResource> | null;
  areRulesRead: boolean;
  /** Why the HA manager would not let a guest go, or bring it back; null: it would let it go, or does not manage it. */
  hold: (guest: Pick<Guest, 'vmid' | 'node' | 'ha_managed' | 'ha_state'>) => string | null;
};

/** `resources`, `rules`, `crs`: null when not read; `up`: the nodes that could take a guest. */
export const haKnowledge = (
  resources: readonly HaResource[] | null,
  rules: ClusterSnapshot['ha_rules'],
  crs: ClusterSnapshot['pve_crs'],
  up: ReadonlySet<string>,
): HaKnowledge => ({
  resources: resources && new Map(resources.flatMap((row) => (row.vmid === null ? [] : [[row.vmid, row] as const]))),
  areRulesRead: rules !== null,
  hold: haHolds(rules, crs?.['ha-auto-rebalance'] === true && crs.ha !== 'basic', up),
});

/** States in which the HA manager refuses a move, ignores it, or has other things to do with the guest. */
const busy = new Set(['error', 'fence', 'recovery', 'freeze', 'migrate', 'relocate', 'deleting']);

/** `ownBalancer`: Proxmox VE places HA guests by load itself. What two balancers move is moved twice. */
export function haHolds(
  rules: readonly HaPlacementRule[] | null,
  ownBalancer: boolean,
  up: ReadonlySet<string>,
): HaKnowledge['hold'] {
  const strict = new Map(
    (rules ?? [])
      .filter((rule) => rule.kind === 'node-affinity' && rule.strict && rule.applied)
      .flatMap((rule) => rule.vmids.map((vmid) => [vmid, rule] as const)),
  );
  return ({ vmid, node, ha_managed, ha_state }) => {
    if (!ha_managed) return null;
    if (ha_state && busy.has(ha_state)) return `the HA manager has it in state ${ha_state}`;
    const rule = strict.get(vmid);
    // Rules may name nodes that are down, or gone for long.
    const isPinned = rule && !rule.nodes.some((one) => one.node !== node && up.has(one.node));
    if (isPinned) return `the HA rule ${rule.name} keeps it on ${node}`;
    return ownBalancer ? 'Proxmox’s own balancer places it' : null;
  };
}
