import type { Migration } from '@proxbalance/contracts';
import { isProxmoxError, type Proxmox, type ProxmoxError } from '@proxbalance/proxmox';
import { movingTask } from './guest-tasks.ts';

/** Where a guest is. `node` null: nowhere. */
export type Place = {
  node: string | null;
  lock: string | null;
  /** Proxmox or its HA manager is at work on the move. */
  isMoving: boolean;
  /** The node itself says so; else it is only what the cluster lists. */
  isSure: boolean;
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
  let away: ProxmoxError | null = null;
  let denials = 0;
  for (const node of new Set([...(row ? [row.node] : []), target_node, source_node])) {
    try {
      const { lock } = await proxmox.guestConfig(node, migration.type === 'VM' ? 'qemu' : 'lxc', vmid);
      return { node, lock, isMoving, isSure: true };
    } catch (error) {
      if (isProxmoxError(error, 'refused')) denials++;
      else if (isProxmoxError(error, 'node-unreachable')) away = error;
      else throw error;
    }
  }
  // A node that is down keeps what is listed there.
  if (row) return { node: row.node, lock: row.lock, isMoving, isSure: away !== null && denials < 2 };
  if (denials === 0 && away) throw away;
  return { node: null, lock: null, isMoving, isSure: true };
}
