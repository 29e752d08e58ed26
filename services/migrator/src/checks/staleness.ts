import { type Check, failed, passed, unknown } from './check.ts';

/** All other checks read Proxmox live; what they read must come from a quorate cluster whose target is up. */
export const staleness: Check = {
  name: 'staleness',
  check: ({ source_node, target_node }, { status, troubles }) => {
    if (!status) return unknown(`quorum could not be read: ${troubles.join('; ')}`);
    if (status.quorate === null) return unknown('Proxmox does not say whether the cluster has a quorum');
    if (!status.quorate) return failed('the cluster has no quorum');
    const down = status.nodes.filter((node) => !node.online && [source_node, target_node].includes(node.name));
    if (down.length > 0) return failed(`${down.map((node) => node.name).join(' and ')} is offline`);
    return passed('read live from a quorate cluster');
  },
};
