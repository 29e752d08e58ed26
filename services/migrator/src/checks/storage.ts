import { type ClusterResources, readConfigFacts } from '@proxbalance/proxmox';
import { type Check, failed, passed, unknown } from './check.ts';

const gib = 2 ** 30;

/** Every storage the guest's disks are on exists on the target and is available; local disks fit in what is free. */
export const storage: Check = {
  name: 'storage',
  check: ({ vmid, target_node }, { guest, config, resources, troubles }) => {
    if (!guest || !config) return unknown(`configuration of ${vmid} could not be read: ${troubles.join('; ')}`);
    const shared = sharedStorages(resources);
    const onTarget = new Map(
      resources.storages.filter((row) => row.node === target_node).map((row) => [row.storage, row]),
    );
    const disks = readConfigFacts(guest.kind, config.raw).disks.filter((disk) => !disk.is_cdrom);
    const missing = [...new Set(disks.map((disk) => disk.storage))].filter(
      (name) => onTarget.get(name)?.status !== 'available',
    );
    if (missing.length > 0) return failed(`not available on ${target_node}: ${missing.join(', ')}`);
    for (const [name, group] of Map.groupBy(disks, (disk) => disk.storage)) {
      const row = onTarget.get(name);
      if (shared.get(name) || !row) continue;
      if (row.totalBytes === null || row.usedBytes === null)
        return unknown(`free space of ${name} on ${target_node} could not be read`);
      if (group.some((disk) => disk.size_gb === null)) {
        return unknown(`size of a disk on ${name} is not known`);
      }
      const needed = group.reduce((sum, disk) => sum + (disk.size_gb ?? 0) * gib, 0);
      if (needed > row.totalBytes - row.usedBytes) return failed(`${name} on ${target_node} has too little room`);
    }
    return passed(disks.length === 0 ? 'no storage needed' : 'storage compatible');
  },
};

/** Storage name to whether its nodes share it. */
export const sharedStorages = (resources: ClusterResources): Map<string, boolean> =>
  new Map(resources.storages.map((row) => [row.storage, row.shared]));
