import { randomUUID } from 'node:crypto';
import type { Migration, MigrationCheck } from '@proxbalance/contracts';
import { isProxmoxError, type Proxmox, type ProxmoxError, readConfigFacts, toRefusal } from '@proxbalance/proxmox';
import type { LiveView } from '../checks/check.ts';
import { runChecks } from '../checks/run-checks.ts';
import { sharedStorages } from '../checks/storage.ts';
import type { Deps } from '../deps.ts';
import type { MigrationRecord } from '../store/record.ts';
import { ended, transition } from '../transition.ts';
import { readGuestTasks } from './discover.ts';

/** checking: asks the six questions and, when all are answered well, starts the task. */
export async function checkAndStart(deps: Deps, record: MigrationRecord): Promise<MigrationRecord> {
  const proxmox = deps.link.get();
  const { migration } = record;
  try {
    const { checks, view } = await runChecks(proxmox, migration);
    const bad = checks.filter((check) => !check.passed);
    if (bad.length > 0 || !view.guest) return refused(deps, record, checks, bad);
    const tasksBefore = (await readGuestTasks(proxmox, migration.source_node, migration.vmid)).map((task) => task.upid);
    const claim = transition(record, 'starting', deps.now(), 'all checks passed', {
      migration: { checks },
      own: { startToken: randomUUID(), tasksBefore, startingAt: deps.now().toISOString(), viaHa: isHaManaged(view) },
    });
    const won = await deps.store.claimStart(claim);
    // Somebody else goes on with it; what they wrote is the truth.
    if (!won) return (await deps.store.load(migration.migration_id)) ?? claim;
    return await startTask(deps, proxmox, claim, view);
  } catch (error) {
    if (!isProxmoxError(error)) throw error;
    return failedBeforeStart(deps, record, error);
  }
}

/** The one place where a task is started. Its UPID is stored before anything else happens. */
async function startTask(deps: Deps, proxmox: Proxmox, record: MigrationRecord, view: LiveView): Promise<MigrationRecord> {
  const { migration } = record;
  try {
    const upid = await proxmox.migrateGuest(taskRequest(migration, view));
    const started = withTask(record, upid, deps.now(), 'Proxmox accepted the task');
    await deps.store.save(started);
    await deps.announce('started', started.migration);
    return started;
  } catch (error) {
    if (!isProxmoxError(error)) throw error;
    // Sent, and no answer: whether a task runs now is found out by looking, never by asking again.
    if (error.kind === 'outcome-unknown') return record;
    return failedBeforeStart(deps, record, error);
  }
}

export const withTask = (record: MigrationRecord, upid: string, at: Date, detail: string): MigrationRecord =>
  transition(record, 'running', at, detail, { migration: { task_id: upid, started_at: at.toISOString() } });

function taskRequest(migration: Migration, view: LiveView) {
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

const isHaManaged = ({ guest }: LiveView): boolean => guest?.haState !== null && guest?.haState !== 'ignored';

async function refused(deps: Deps, record: MigrationRecord, checks: MigrationCheck[], bad: MigrationCheck[]): Promise<MigrationRecord> {
  const message = bad.map((check) => `${check.name}: ${check.detail}`).join('; ');
  return ended(record, 'failed', deps.now(), `not started: ${message}`, {
    checks,
    final_node: record.migration.source_node,
    error: { code: 'check-failed', message, log: [] },
  });
}

function failedBeforeStart(deps: Deps, record: MigrationRecord, error: ProxmoxError): MigrationRecord {
  const { code, message } = toRefusal(error);
  return ended(record, 'failed', deps.now(), `not started: ${message}`, { error: { code, message, log: [error.reason] } });
}
