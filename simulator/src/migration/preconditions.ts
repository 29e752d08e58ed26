import type { Guest } from '../guest.ts';
import { blockersOn, dependents } from '../ha/affinity.ts';
import { isRunning } from '../placement.ts';
import { isNine, type PveVersion } from '../pve-version.ts';
import { isActive } from '../storage-usage.ts';
import { managedBy, type Node, sidOf, type World } from '../world.ts';
import { localResources, mappedResources, volumeText } from './plan.ts';

/** GET .../qemu/{vmid}/migrate. Offline nodes are not left out, free space is not looked at: Proxmox does neither. */
export function vmPreconditions(world: World, guest: Guest, pve: PveVersion) {
  const source = world.nodes.get(guest.node);
  const mapped = mappedResources(guest);
  const allowed: string[] = [];
  const refused: Record<string, object> = {};
  for (const node of world.nodes.values()) {
    if (node.name === guest.node) continue;
    const why = obstacles(world, guest, node, source);
    if (Object.keys(why).length === 0) allowed.push(node.name);
    refused[node.name] = why;
  }
  return {
    running: isRunning(guest) ? 1 : 0,
    allowed_nodes: allowed,
    not_allowed_nodes: refused,
    local_disks: localDiskRows(guest, source),
    local_resources: localResources(guest),
    'mapped-resources': [...mapped.keys()],
    'mapped-resource-info': Object.fromEntries([...mapped].map(([key, name]) => [key, { name, 'live-migration': 0 }])),
    ...(isNine(pve) ? { 'has-dbus-vmstate': 1 } : {}),
    ...(isNine(pve) && managedBy(world, guest) ? { 'dependent-ha-resources': dependents(world, sidOf(guest)) } : {}),
  };
}

/** GET .../lxc/{vmid}/migrate (9.1 and later): hyphens, and no look at storages at all. */
export function containerPreconditions(world: World, guest: Guest) {
  const allowed: string[] = [];
  const refused: Record<string, object> = {};
  for (const node of world.nodes.values()) {
    if (node.name === guest.node) continue;
    const why = haObstacles(world, guest, node);
    if (Object.keys(why).length === 0) allowed.push(node.name);
    refused[node.name] = why;
  }
  return {
    running: isRunning(guest) ? 1 : 0,
    'allowed-nodes': allowed,
    'not-allowed-nodes': refused,
    ...(managedBy(world, guest) ? { 'dependent-ha-resources': dependents(world, sidOf(guest)) } : {}),
  };
}

function obstacles(world: World, guest: Guest, node: Node, source: Node | undefined): Record<string, unknown> {
  const storages = guest.disks
    .map((disk) => disk.storage)
    .filter((name) => {
      // Local disks travel along, so only what is shared must be there already.
      if (source?.storages.get(name)?.shared !== true && isRunning(guest)) return !node.storages.has(name);
      const storage = node.storages.get(name);
      return !storage || !isActive(world, node, storage);
    });
  const mapped = [...mappedResources(guest).keys()];
  return {
    ...(storages.length > 0 ? { unavailable_storages: [...new Set(storages)] } : {}),
    // A mapping of a device of the source exists on no other node here.
    ...(mapped.length > 0 ? { 'unavailable-resources': mapped } : {}),
    ...(isNine(node.pve) ? haObstacles(world, guest, node) : {}),
  };
}

function haObstacles(world: World, guest: Guest, node: Node): Record<string, unknown> {
  if (!managedBy(world, guest)) return {};
  const blockers = blockersOn(world, sidOf(guest), node.name);
  if (blockers.length === 0) return {};
  return { 'blocking-ha-resources': blockers.map((sid) => ({ sid, cause: 'resource-affinity' })) };
}

function localDiskRows(guest: Guest, source: Node | undefined) {
  const flags = { is_attached: 1, is_tpmstate: 0, is_unused: 0, is_vmstate: 0, replicate: 1, shared: 0 };
  const disks = guest.disks
    .filter((disk) => source?.storages.get(disk.storage)?.shared !== true)
    .map((disk) => ({
      ...flags,
      volid: volumeText(guest, disk),
      drivename: disk.key,
      size: disk.sizeBytes,
      cdrom: 0,
      is_cloudinit: 0,
      is_tpmstate: disk.key === 'tpmstate0' ? 1 : 0,
    }));
  const cdroms = [...guest.config].flatMap(([key, value]) => {
    const volid = String(value).split(',')[0] ?? 'none';
    if (!String(value).includes('media=cdrom') || volid === 'none') return [];
    if (source?.storages.get(volid.split(':')[0] ?? '')?.shared === true) return [];
    return [{ ...flags, volid, drivename: key, cdrom: 1, is_cloudinit: volid.includes('cloudinit') ? 1 : 0 }];
  });
  return [...disks, ...cdroms];
}
