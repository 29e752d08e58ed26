import { deriveMovable, readConfigFacts } from '@proxbalance/proxmox';
import { type Check, failed, passed, unknown } from './check.ts';
import { sharedStorages } from './storage.ts';

/** The guest is where the request says, and Proxmox could move it. */
export const guestState: Check = {
  name: 'guest_state',
  check: ({ vmid, source_node }, { guest, config, resources, troubles }) => {
    if (!guest) return failed(`guest ${vmid} does not exist`);
    if (guest.node !== source_node) return failed(`guest ${vmid} is on ${guest.node}, not on ${source_node}`);
    if (guest.status !== 'running' && guest.status !== 'stopped')
      return unknown(`guest ${vmid} is in state ${guest.status}`);
    if (!config) return unknown(`configuration of ${vmid} could not be read: ${troubles.join('; ')}`);
    const facts = readConfigFacts(guest.kind, config.raw);
    const shared = sharedStorages(resources);
    const type = new Map(resources.storages.map((row) => [row.storage, row.type ?? undefined]));
    const around = { ...elsewhere, storageType: (name: string) => type.get(name) };
    const about = {
      type: guest.kind === 'qemu' ? ('VM' as const) : ('CT' as const),
      unknown: [],
      template: guest.template,
      // The lock is the business of its own check.
      lock: null,
      local_disks: facts.localDisks,
      local_devices: facts.localDevices,
      live_blockers: facts.liveBlockers,
      has_snapshots: facts.hasSnapshots,
      mount_points: facts.mountPoints,
      disks: facts.disks.map((disk) => ({ ...disk, is_shared: shared.get(disk.storage) ?? null })),
    };
    const { online, offline, reasons } = deriveMovable(about, around);
    if (guest.status === 'running' ? online : offline) return passed(`guest is ${guest.status} on ${guest.node}`);
    return failed(reasons.map((reason) => reason.detail).join('; '));
  },
};

/** Node, quorum and storages are the business of other checks. */
const elsewhere = { nodeStatus: 'online', quorate: true, isStorageDown: () => false } as const;
