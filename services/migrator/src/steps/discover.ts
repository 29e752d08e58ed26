import { isProxmoxError, type Proxmox, type Task } from '@proxbalance/proxmox';
import { migrationTypes } from '../checks/locks.ts';
import type { Deps } from '../deps.ts';
import type { MigrationRecord } from '../store/record.ts';
import { transition } from '../transition.ts';
import { withTask } from './start.ts';

/** After this long a start request that left no trace can no longer arrive: clients give up after 15 s. */
const graceMs = 20_000;

/**
 * starting, and nobody knows the task: the process died, or the connection broke, between sending the request and storing
 * the answer. Looks for the task that was not there before. Null: still too early to say that there is none.
 */
export async function discover(deps: Deps, record: MigrationRecord): Promise<MigrationRecord | null> {
  const { migration } = record;
  const proxmox = deps.link.get();
  const ours = await findOurs(proxmox, record);
  if (ours) {
    const adopted = withTask(record, ours.upid, deps.now(), 'found the task that had been started');
    await deps.store.save(adopted);
    await deps.announce('started', adopted.migration);
    return adopted;
  }
  const { guests } = await proxmox.clusterResources();
  const guest = guests.find((row) => row.vmid === migration.vmid);
  if (guest?.node !== migration.source_node || guest.lock === 'migrate') {
    return save(deps, transition(record, 'verifying', deps.now(), 'the guest is moving or has moved, the task is not known'));
  }
  if (deps.now().getTime() - Date.parse(record.startingAt ?? '') < graceMs) return null;
  return save(deps, transition(record, 'checking', deps.now(), 'no task was started, beginning again'));
}

/** Tasks that move this guest, newest first, on its node. */
export async function readGuestTasks(proxmox: Proxmox, node: string, vmid: number): Promise<Task[]> {
  const tasks = await proxmox.nodeTasks(node, { vmid, source: 'all', limit: 50 });
  return tasks.filter((task) => task.vmid === vmid && migrationTypes.includes(task.type));
}

async function findOurs(proxmox: Proxmox, record: MigrationRecord): Promise<Task | undefined> {
  const { source_node: source, vmid } = record.migration;
  try {
    const tasks = await readGuestTasks(proxmox, source, vmid);
    return tasks.find((task) => !record.tasksBefore.includes(task.upid));
  } catch (error) {
    if (!isProxmoxError(error, 'node-unreachable')) throw error;
    return undefined;
  }
}

async function save(deps: Deps, record: MigrationRecord): Promise<MigrationRecord> {
  await deps.store.save(record);
  return record;
}
