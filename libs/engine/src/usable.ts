import type { Node } from '@proxbalance/contracts';

/** Why a node can take no guest at all: not known to be online, in maintenance, or given up by the HA manager; else null. */
export const unusableReason = (node: Node, maintenance: ReadonlySet<string>): string | null => {
  if (node.status === 'offline') return 'Node is offline';
  if (node.status !== 'online') return 'State of the node is unknown';
  if (maintenance.has(node.name)) return 'Node is in maintenance';
  if (node.ha_state === null || node.ha_state === 'online') return null;
  return node.ha_state === 'unknown'
    ? 'The HA manager does not know the state of the node'
    : `HA state of the node is ${node.ha_state}`;
};
