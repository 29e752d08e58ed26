import { isProxmoxError, type Task } from '@proxbalance/proxmox';
import { pause } from '@proxbalance/service-kit';
import type { Deps } from '../deps.ts';
import type { MigrationRecord } from '../store/record.ts';
import { ended, transition } from '../transition.ts';
import { readGuestTasks } from './guest-tasks.ts';
import { withTask } from './start.ts';

/** After this long a start request that left no trace can no longer arrive: it is sent within 3 s and given up after 15 s. */
const graceMs = 20_000;
/** A node that is away for this long is not asked any more: where the guest is counts. */
const lostAfterMs = 60_000;
const startsMax = 3;

/**
 * starting, and nobody knows the task: the process died, or the connection broke, between sending the request and storing
 * the answer. Looks for the task that was not there before. The time counts from the first look of this process: clocks
 * of others, and how long nobody looked, do not matter.
 */
export async function discover(deps: Deps, record: MigrationRecord): Promise<MigrationRecord> {
  const { vmid, source_node } = record.migration;
  const startedAt = performance.now();
  for (;;) {
    deps.signal.throwIfAborted();
    const tasks = await readTasks(deps, source_node, vmid);
    const ours = tasks?.find((task) => !record.tasksBefore.includes(task.upid) && isOurs(deps, task));
    if (ours) return withTask(record, ours.upid, deps.now(), 'found the task that had been started');
    const waitedMs = performance.now() - startedAt;
    if (tasks && waitedMs >= graceMs) return withoutTask(deps, record);
    if (waitedMs >= lostAfterMs) return transition(record, 'verifying', deps.now(), `${source_node} does not answer`);
    await pause(deps.pollMs, deps.signal);
  }
}

/** null: the node can't be asked. */
async function readTasks(deps: Deps, node: string, vmid: number): Promise<Task[] | null> {
  try {
    return await readGuestTasks(deps.link.get(), node, vmid);
  } catch (error) {
    if (!isProxmoxError(error, 'node-unreachable')) throw error;
    return null;
  }
}

/** Started with the token we ask with. Somebody else may be moving the guest as well. */
const isOurs = (deps: Deps, { user, tokenId }: Task): boolean =>
  `${user}!${tokenId}` === deps.settings().proxmox_api_token_id;

async function withoutTask(deps: Deps, record: MigrationRecord): Promise<MigrationRecord> {
  const { vmid, source_node, timeline, cancel_requested } = record.migration;
  const { guests } = await deps.link.get().clusterResources();
  const guest = guests.find((row) => row.vmid === vmid);
  if (guest?.node !== source_node || guest.lock === 'migrate') {
    return transition(record, 'verifying', deps.now(), 'the guest is moving or has moved, the task is not known');
  }
  if (cancel_requested) {
    return ended(record, 'cancelled', deps.now(), 'called off, no task was started', { final_node: source_node });
  }
  if (timeline.filter((step) => step.state === 'starting').length >= startsMax) {
    const message = `Proxmox was asked ${startsMax} times and started no task`;
    const error = { code: 'proxmox-timeout', message, log: [] };
    return ended(record, 'failed', deps.now(), message, { final_node: source_node, error });
  }
  return transition(record, 'checking', deps.now(), 'no task was started, beginning again');
}
