import { isProxmoxError, type ResourceGuest } from '@proxbalance/proxmox';
import { pause } from '@proxbalance/service-kit';
import type { Deps } from '../deps.ts';
import type { MigrationRecord } from '../store/record.ts';
import { ended } from '../transition.ts';

const looks = 12;

/**
 * verifying: what counts is where the guest is, not what the task said. Looks until place and task agree, a few times at
 * most; while the place can't be read it is unknown, and the move stays in this state.
 */
export async function verify(deps: Deps, record: MigrationRecord): Promise<MigrationRecord> {
  const expected = isSuccess(record.exitStatus);
  for (let look = 1; ; look++) {
    const guest = await whereIs(deps, record.migration.vmid);
    const settled = guest?.lock !== 'migrate' && (!expected || guest?.node === record.migration.target_node);
    if (settled || look >= looks) return conclude(deps, record, guest);
    await pause(deps.pollMs, deps.signal);
    deps.signal.throwIfAborted();
  }
}

async function whereIs(deps: Deps, vmid: number): Promise<ResourceGuest | undefined> {
  for (;;) {
    deps.signal.throwIfAborted();
    try {
      const { guests } = await deps.link.get().clusterResources();
      return guests.find((row) => row.vmid === vmid);
    } catch (error) {
      if (!isProxmoxError(error)) throw error;
      deps.log.warn({ err: error, vmid }, 'cannot see where the guest is');
      await pause(deps.pollMs * 2, deps.signal);
    }
  }
}

function conclude(deps: Deps, record: MigrationRecord, guest: ResourceGuest | undefined): MigrationRecord {
  const { migration, exitStatus, reasons } = record;
  const at = deps.now();
  const reason = failureReason(record);
  if (!guest) {
    const message = `guest ${migration.vmid} is gone from the cluster`;
    return ended(record, 'failed', at, message, { error: { code: 'guest-not-found', message, log: reasons } });
  }
  const final_node = guest.node;
  if (guest.node === migration.target_node) {
    const trouble = isSuccess(exitStatus) ? '' : `, though its task says: ${reason}`;
    return ended(record, 'completed', at, `found on ${guest.node}${trouble}`, {
      final_node,
      warnings: migration.warnings || trouble !== '',
      progress: migration.progress ? { ...migration.progress, percentage: 100, eta_seconds: 0 } : null,
    });
  }
  if (guest.node !== migration.source_node) {
    const message = `found on ${guest.node}: somebody else moved it`;
    return ended(record, 'failed', at, message, { final_node, error: { code: 'guest-elsewhere', message, log: reasons } });
  }
  if (migration.cancel_requested) return ended(record, 'cancelled', at, `called off, stayed on ${guest.node}`, { final_node });
  return ended(record, 'failed', at, `stayed on ${guest.node}: ${reason}`, {
    final_node,
    error: { code: 'proxmox-error', message: reason, log: reasons },
  });
}

const isSuccess = (exitStatus: string | null): boolean => exitStatus === 'OK' || exitStatus?.startsWith('WARNINGS') === true;

function failureReason({ exitStatus, reason }: MigrationRecord): string {
  if (isSuccess(exitStatus)) return 'the task ended well, but the guest did not move';
  return reason ?? 'the task vanished without a result';
}
