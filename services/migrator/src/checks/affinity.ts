import { deriveTags } from '@proxbalance/proxmox';
import { type Check, failed, passed, unknown } from './check.ts';

/** No guest on the target shares an `exclude_…` tag with this one. */
export const affinity: Check = {
  name: 'affinity',
  check: ({ vmid, target_node }, { guest, resources }) => {
    if (!guest) return unknown(`guest ${vmid} does not exist`);
    const groups = deriveTags(guest.tags).exclude_groups;
    if (groups.length === 0) return passed('no anti-affinity rules');
    const neighbour = resources.guests.find(
      (other) =>
        other.node === target_node &&
        other.vmid !== vmid &&
        deriveTags(other.tags).all_tags.some((tag) => groups.includes(tag)),
    );
    return neighbour
      ? failed(`${neighbour.name ?? neighbour.vmid} on ${target_node} must be kept apart: ${groups.join(', ')}`)
      : passed('no anti-affinity conflicts');
  },
};
