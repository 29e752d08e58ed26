import type { Migration, MigrationCheck } from '@proxbalance/contracts';
import {
  isProxmoxError,
  type MigrateRequest,
  type Proxmox,
  type ProxmoxError,
  readConfigFacts,
  toRefusal,
} from '@proxbalance/proxmox';
import type { LiveView } from '../checks/check.ts';
import { runChecks } from '../checks/run-checks.ts';
import { sharedStorages } from '../checks/storage.ts';
import type { Deps } from '../deps.ts';
import type { MigrationRecord } from '../store/record.ts';
import { ended, transition } from '../transition.ts';
import { readGuestTasks } from './guest-tasks.ts';

/** The request leaves within this time of the claim or not at all: `discover` must be able to tell that none will come. */
const sendWithinMs = 3000;

/** checking: asks the six questions and, when all are answered well, starts the task. */
export async function checkAndStart(deps: Deps, record: MigrationRecord): Promise<MigrationRecord> {
  const proxmox = deps.link.get();
  const { migration } = record;
  try {
    const { checks, view } = await runChecks(proxmox, migration);
    const bad = checks.filter((check) => !check.passed);
    if (bad.length > 0 || !view.guest) return refused(deps, record, view, checks, bad);
    const [tasks] = await Promise.all([
      readGuestTasks(proxmox, migration.source_node, migration.vmid),
      deps.outcomes.lookBefore(proxmox, view.resources, migration),
    ]);
    const change = { migration: { checks }, own: { tasksBefore: tasks.map((task) => task.upid) } };
    const claim = transition(record, 'starting', deps.now(), 'all checks passed', change);
    const claimedAt = performance.now();
    const claimed = await deps.store.save(claim);
    if (performance.now() - claimedAt > sendWithinMs) return claimed;
    return await startTask(deps, proxmox, claimed, view);
  } catch (error) {
    if (!isProxmoxError(error)) throw error;
    return failedBeforeStart(deps, record, error);
  }
}

/** The one place where a task is started. */
async function startTask(deps: Deps, proxmox: Proxmox, record: MigrationRecord, view: LiveView) {
  try {
    const upid = await proxmox.migrateGuest(taskRequest(record.migration, view));
    return withTask(record, upid, deps.now(), 'Proxmox accepted the task');
  } catch (error) {
    if (!isProxmoxError(error)) throw error;
    // Whether a task runs now is found out by looking, never by asking again.
    return mayHaveStarted(error) ? record : failedBeforeStart(deps, record, error);
  }
}

export const withTask = (record: MigrationRecord, upid: string, at: Date, detail: string): MigrationRecord =>
  transition(record, 'running', at, detail, { migration: { task_id: upid, started_at: at.toISOString() } });

/** No answer, or one that makes no sense. */
const mayHaveStarted = ({ kind }: ProxmoxError): boolean => kind === 'outcome-unknown' || kind === 'protocol';

function taskRequest(migration: Migration, view: LiveView): MigrateRequest {
  const kind = migration.type === 'VM' ? ('qemu' as const) : ('lxc' as const);
  const running = view.guest?.status === 'running';
  const shared = sharedStorages(view.resources);
  const disks = view.config ? readConfigFacts(kind, view.config.raw).disks : [];
  const hasLocalDisks = disks.some((disk) => !disk.is_cdrom && shared.get(disk.storage) !== true);
  return {
    node: migration.source_node,
    kind,
    vmid: migration.vmid,
    target: migration.target_node,
    online: running,
    withLocalDisks: running && hasLocalDisks,
    restart: running,
  };
}

function refused(
  deps: Deps,
  record: MigrationRecord,
  view: LiveView,
  checks: MigrationCheck[],
  bad: MigrationCheck[],
): MigrationRecord {
  const message = bad.map((check) => `${check.name}: ${check.detail}`).join('; ');
  return ended(record, 'failed', deps.now(), `not started: ${message}`, {
    checks,
    final_node: view.guest?.node ?? null,
    error: { code: 'check-failed', message, log: [] },
  });
}

function failedBeforeStart(deps: Deps, record: MigrationRecord, error: ProxmoxError): MigrationRecord {
  const { code, message } = toRefusal(error);
  return ended(record, 'failed', deps.now(), `not started: ${message}`, {
    error: { code, message, log: [error.reason] },
  });
}
