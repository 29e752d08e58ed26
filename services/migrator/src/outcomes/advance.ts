import { OutcomeCaptured, RefusedError } from '@proxbalance/contracts';
import { isProxmoxError, type ProxmoxLink } from '@proxbalance/proxmox';
import type { Bus, Log } from '@proxbalance/service-kit';
import { type OutcomeRecord, withLook } from './record.ts';
import { lookNow, type Seen } from './seen.ts';
import { type Stages, stageOf } from './stages.ts';
import type { OutcomeStore } from './store.ts';

export type OutcomeDeps = {
  store: OutcomeStore;
  link: ProxmoxLink;
  bus: Pick<Bus, 'publish'>;
  log: Log;
  now: () => Date;
  timing: Stages;
};

/** What came of trying to get an outcome further. */
export type Advanced =
  | { kind: 'ended' }
  | { kind: 'looked' }
  | { kind: 'told' }
  | { kind: 'early'; waitMs: number }
  /** Proxmox could not be read just now. */
  | { kind: 'trouble'; reason: string };

/**
 * Gets one outcome one step further: tells what was not told yet, or takes the look that is due. The record says where it
 * is, so it makes no difference which process does it, nor how many try.
 */
export async function advance(deps: OutcomeDeps, id: string): Promise<Advanced> {
  const { store, timing } = deps;
  const found = await store.load(id);
  if (!found) return { kind: 'ended' };
  const { record, looks } = found;
  if (record.untold) return tell(deps, record, found.looks);
  const stage = stageOf(record.outcome.status, timing);
  if (!stage || !looks) return { kind: 'ended' };
  const lateByMs = deps.now().getTime() - Date.parse(record.outcome.completed_at) - stage.afterMs;
  if (lateByMs < 0) return { kind: 'early', waitMs: -lateByMs };
  const look = lateByMs > stage.lateMs ? { seen: null, why: 'nobody could look in time' } : await tryLook(deps, record);
  if ('reason' in look) return { kind: 'trouble', reason: look.reason };
  const next = withLook(record, looks, { ...look, timing });
  await store.save(next.record, stage.next === 'completed' ? null : next.looks, false);
  // Written by us or, should we have been overtaken, by somebody else.
  return { kind: 'looked' };
}

async function tell(
  { store, bus }: OutcomeDeps,
  record: OutcomeRecord,
  looks: Parameters<OutcomeStore['save']>[1],
): Promise<Advanced> {
  const { outcome } = record;
  const subject = String(outcome.vmid);
  await bus.publish(OutcomeCaptured, outcome, { subject, id: `${outcome.migration_id}.outcome.${outcome.status}` });
  await store.save({ ...record, untold: false }, looks, outcome.status === 'completed');
  return { kind: 'told' };
}

type Tried = { seen: Seen | null; why: string } | { reason: string };

async function tryLook({ link, log, now }: OutcomeDeps, { outcome }: OutcomeRecord): Promise<Tried> {
  try {
    return { seen: await lookNow(link.get(), outcome, now()), why: 'Proxmox answered with rows that can’t be read' };
  } catch (error) {
    const reason = isProxmoxError(error) ? error.reason : error instanceof RefusedError ? error.message : null;
    if (reason === null) throw error;
    log.warn({ err: error, migration_id: outcome.migration_id }, 'cannot look at what a move brought for the moment');
    return { reason };
  }
}
