import { randomUUID } from 'node:crypto';
import { isFinal, type MigrateRequest, type Migration, RefusedError } from '@proxbalance/contracts';
import type { Proxmox, ResourceGuest } from '@proxbalance/proxmox';
import { pause } from '@proxbalance/service-kit';
import type { Deps } from '../deps.ts';
import type { MigrationQueue } from '../queue.ts';
import { movingTask } from '../steps/guest-tasks.ts';
import { newRecord } from '../store/record.ts';
import { brokerDown, invalid, proxmoxRefused } from './refusals.ts';

/** How long an answer waits for Proxmox to take the task, milliseconds. */
const patienceMs = 5000;
const lookEveryMs = 50;

/**
 * Accepts a move: written down and queued before anything is answered. Refuses what is plainly wrong at once, against live
 * data. Answers when Proxmox took the task, when the move ended, or after five seconds.
 */
export const acceptMigration =
  (deps: Deps, queue: MigrationQueue) =>
  async (request: MigrateRequest): Promise<Migration> => {
    const guest = await examine(deps.link.get(), request);
    const migration = firstState(request, guest, deps.now());
    const inTheWay = await deps.store.accept(newRecord(migration)).catch(brokerDown);
    if (inTheWay) {
      const message = `guest ${request.vmid} is already being moved (migration ${inTheWay})`;
      throw new RefusedError('guest-already-migrating', message);
    }
    // From here on it is accepted: what can't be done now is done by `reconcileForever`.
    const later = (error: unknown) => deps.log.warn({ err: error }, 'accepted, but not queued or told yet');
    await queue.add(migration.migration_id).catch(later);
    await deps.announce('requested', migration).catch(later);
    return settle(deps, migration);
  };

async function examine(proxmox: Proxmox, request: MigrateRequest): Promise<ResourceGuest> {
  const { vmid, source_node, target_node, type } = request;
  const [found, tasks] = await Promise.all([proxmox.clusterResources(), proxmox.clusterTasks()]).catch(proxmoxRefused);
  const guest = found.guests.find((row) => row.vmid === vmid);
  if (!guest) throw new RefusedError('guest-not-found', `no guest ${vmid} in the cluster`);
  for (const path of ['source_node', 'target_node'] as const) {
    const message = `no node ${request[path]} in the cluster`;
    if (!found.nodes.some((node) => node.name === request[path]))
      throw new RefusedError('node-not-found', message, [{ path, message }]);
  }
  if (source_node === target_node) throw invalid('target_node', 'must be another node than source_node');
  const actual = guest.kind === 'qemu' ? 'VM' : 'CT';
  if (actual !== type) throw invalid('guest_type', `guest ${vmid} is a ${actual}`);
  const moving = movingTask(tasks, vmid);
  if (moving) throw new RefusedError('guest-already-migrating', `guest ${vmid} is being moved by task ${moving.upid}`);
  if (guest.node !== source_node)
    throw new RefusedError('guest-elsewhere', `guest ${vmid} is on ${guest.node}, not on ${source_node}`);
  return guest;
}

function firstState(request: MigrateRequest, guest: ResourceGuest, at: Date): Migration {
  return {
    ...request,
    migration_id: randomUUID(),
    name: guest.name ?? `${request.type}-${request.vmid}`,
    state: 'queued',
    requested_at: at.toISOString(),
    started_at: null,
    finished_at: null,
    task_id: null,
    child_task_id: null,
    progress: null,
    waiting_for: null,
    checks: [],
    final_node: null,
    warnings: false,
    cancel_requested: false,
    error: null,
    timeline: [{ state: 'queued', at: at.toISOString(), detail: `asked for by ${request.requested_by}` }],
  };
}

/** Waits until there is something to say. The move goes on whether or not anyone waits. */
async function settle(deps: Deps, accepted: Migration): Promise<Migration> {
  const until = performance.now() + patienceMs;
  let latest = accepted;
  while (performance.now() < until && !deps.signal.aborted) {
    const record = await deps.store.load(accepted.migration_id).catch(() => null);
    latest = record?.migration ?? latest;
    if (latest.task_id || isFinal(latest.state)) return latest;
    await pause(lookEveryMs, deps.signal);
  }
  return latest;
}
