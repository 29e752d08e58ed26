import type { Migration } from '@proxbalance/contracts';
import { isProxmoxError, type Proxmox } from '@proxbalance/proxmox';
import { movingTask } from './guest-tasks.ts';

/** Where a guest is. `node` null: nowhere. */
export type Place = {
  node: string | null;
  lock: string | null;
  /** Proxmox or its HA manager is at work on the move. */
  isMoving: boolean;
};

const haMoves = ['migrate', 'relocate'];

/**
 * Asks the nodes themselves: the list of resources may be two seconds old, and what a token may not see is missing from
 * it without a word. Throws the `ProxmoxError` when nobody can say.
 */
export async function locate(proxmox: Proxmox, migration: Migration): Promise<Place> {
  const { vmid, source_node, target_node } = migration;
  const [{ guests }, tasks] = await Promise.all([proxmox.clusterResources(), proxmox.clusterTasks()]);
  const row = guests.find((guest) => guest.vmid === vmid);
  const isMoving = movingTask(tasks, vmid) !== undefined || haMoves.includes(row?.haState ?? '');
  const candidates = new Set([...(row ? [row.node] : []), target_node, source_node]);
  for (const node of candidates) {
    const found = await askNode(proxmox, node, migration);
    if (found === 'unreachable' && row?.node === node) return { node, lock: row.lock, isMoving };
    if (found === 'unreachable') continue;
    if (found) return { node, lock: found.lock, isMoving };
  }
  return { node: null, lock: null, isMoving };
}

/** null: the node says that it has no such guest. */
async function askNode(proxmox: Proxmox, node: string, { vmid, type }: Migration) {
  try {
    return await proxmox.guestConfig(node, type === 'VM' ? 'qemu' : 'lxc', vmid);
  } catch (error) {
    if (isProxmoxError(error, 'refused')) return null;
    if (isProxmoxError(error, 'node-unreachable')) return 'unreachable';
    throw error;
  }
}
