import type { MigrateRequest, MigrationCheck } from '@proxbalance/contracts';
import { isProxmoxError, type Proxmox } from '@proxbalance/proxmox';
import { affinity } from './affinity.ts';
import type { Check, LiveView } from './check.ts';
import { guestState } from './guest-state.ts';
import { locks } from './locks.ts';
import { resources } from './resources.ts';
import { staleness } from './staleness.ts';
import { storage } from './storage.ts';

/** In the order of the API reference. */
const checks: readonly Check[] = [staleness, guestState, resources, storage, locks, affinity];

type Asked = Pick<MigrateRequest, 'vmid' | 'source_node' | 'target_node'>;

/** Asks Proxmox and answers the six questions. Throws the `ProxmoxError` when not even the resources can be read. */
export async function runChecks(
  proxmox: Proxmox,
  request: Asked,
): Promise<{ checks: MigrationCheck[]; view: LiveView }> {
  const view = await readLive(proxmox, request);
  const answers = checks.map(({ name, check }) => {
    const { status, detail } = check(request, view);
    return { name, passed: status === 'passed', status, detail };
  });
  return { checks: answers, view };
}

async function readLive(proxmox: Proxmox, { vmid }: Asked): Promise<LiveView> {
  const troubles: string[] = [];
  const attempt = <T>(read: Promise<T>): Promise<T | null> =>
    read.catch((error: unknown) => {
      if (!isProxmoxError(error)) throw error;
      troubles.push(error.reason);
      return null;
    });
  const [found, status, tasks] = await Promise.all([
    proxmox.clusterResources(),
    attempt(proxmox.clusterStatus()),
    attempt(proxmox.clusterTasks()),
  ]);
  const guest = found.guests.find((row) => row.vmid === vmid) ?? null;
  const config = guest ? await attempt(proxmox.guestConfig(guest.node, guest.kind, vmid)) : null;
  return { resources: found, guest, config, status, tasks, troubles };
}
