import { pause } from '@proxbalance/service-kit';
import type { Deps } from '../deps.ts';
import type { MigrationRecord } from '../store/record.ts';
import { ended } from '../transition.ts';
import { locate, type Place } from './locate.ts';

const looks = 12;

/**
 * verifying: what counts is where the guest is, not what the task said. Looks until place and task agree, a few times at
 * most, and as long as Proxmox is still moving it.
 */
export async function verify(deps: Deps, record: MigrationRecord): Promise<MigrationRecord> {
  const expected = isSuccess(record.exitStatus);
  for (let look = 1; ; look++) {
    deps.signal.throwIfAborted();
    const place = await locate(deps.link.get(), record.migration);
    const agrees = !expected || place.node === record.migration.target_node;
    const settled = !place.isMoving && (look >= looks || (place.isSure && place.lock !== 'migrate' && agrees));
    if (settled) return conclude(record, place, deps.now());
    await pause(deps.pollMs, deps.signal);
  }
}

/** The end of the move, from where the guest was found and how the task ended. */
export function conclude(
  record: MigrationRecord,
  { node, lock }: Pick<Place, 'node' | 'lock'>,
  at: Date,
): MigrationRecord {
  const { migration, reasons } = record;
  const { vmid, source_node, target_node, progress, cancel_requested } = migration;
  const reason = failureReason(record);
  const failed = (code: string, message: string) =>
    ended(record, 'failed', at, message, { final_node: node, error: { code, message, log: reasons } });
  if (node === null) return failed('guest-not-found', `guest ${vmid} is gone from the cluster`);
  if (node === target_node) {
    const trouble = isSuccess(record.exitStatus) ? '' : `, though its task says: ${reason}`;
    return ended(record, 'completed', at, `found on ${node}${trouble}`, {
      final_node: node,
      warnings: migration.warnings || trouble !== '',
      progress: progress ? { ...progress, percentage: 100, eta_seconds: 0 } : null,
    });
  }
  if (node !== source_node) return failed('guest-elsewhere', `found on ${node}: somebody else moved it`);
  const left = lock === 'migrate' ? `; it is left with the lock 'migrate', which qm unlock ${vmid} removes` : '';
  if (cancel_requested)
    return ended(record, 'cancelled', at, `called off, stayed on ${node}${left}`, { final_node: node });
  return failed('proxmox-error', `${reason}${left}`);
}

const isSuccess = (exitStatus: string | null): boolean =>
  exitStatus === 'OK' || exitStatus?.startsWith('WARNINGS') === true;

function failureReason({ exitStatus, reason }: MigrationRecord): string {
  if (isSuccess(exitStatus)) return 'the task ended well, but the guest did not move';
  return reason ?? 'the task vanished without a result';
}
