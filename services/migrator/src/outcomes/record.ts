import { type Migration, MigrationOutcome, type OutcomeSnapshot } from '@proxbalance/contracts';
import { type JudgedOutcome, judgeOutcome, othersShift } from '@proxbalance/engine';
import { z } from 'zod';
import { Seen, snapshotOf } from './seen.ts';
import { type Stages, stageOf } from './stages.ts';

/** An outcome as the migrator keeps it. */
export const OutcomeRecord = z.object({
  /** Grows with each write; who has read an older one may not write. */
  version: z.int(),
  outcome: MigrationOutcome,
  started_at: z.iso.datetime().nullable(),
  /** What the last look brought has not been told yet. */
  untold: z.boolean(),
});
export type OutcomeRecord = z.infer<typeof OutcomeRecord>;

/** What the verdict will be made of; no longer needed once there is one. */
export const Looks = z.object({ before: Seen, first: Seen.nullable() });
export type Looks = z.infer<typeof Looks>;

/** The outcome of a move that has just ended, still open. */
export function newOutcome(migration: Migration, completedAt: string, before: Seen, timing: Stages): OutcomeRecord {
  const { migration_id, vmid, type, source_node, target_node, started_at } = migration;
  const open = {
    key: `${vmid}_${new Date(before.at).toISOString()}`,
    migration_id,
    vmid,
    guest_type: type,
    source_node,
    target_node,
    completed_at: completedAt,
    pre_migration: snapshotOf(before),
    post_5min: null,
    post_1h: null,
    post_24h: null,
    post_migration: null,
  };
  const judged = judge({ ...open, started_at }, { before, first: null }, null, timing);
  return {
    version: 1,
    outcome: { ...open, status: 'pending_5min', ...shown(judged, false) },
    started_at,
    untold: false,
  };
}

/** The record one look further. `seen` is null when the time for that look passed without one; `why` says so. */
export function withLook(
  { outcome, ...record }: OutcomeRecord,
  looks: Looks,
  { seen, why, timing }: { seen: Seen | null; why: string; timing: Stages },
): { record: OutcomeRecord; looks: Looks } {
  const stage = stageOf(outcome.status, timing);
  if (!stage) throw new Error(`outcome ${outcome.key} is complete`);
  const { before } = looks;
  const snapshot: OutcomeSnapshot | null = seen && snapshotOf(seen, othersShift(before, seen, outcome.vmid));
  const isFirst = stage.snapshot === 'post_5min';
  const isLast = stage.next === 'completed';
  const first = isFirst ? seen : looks.first;
  const judged = judge({ ...outcome, started_at: record.started_at }, { before, first }, isLast ? seen : null, timing);
  const missed = outcome.notes.filter((note) => note.startsWith('post_'));
  const next: MigrationOutcome = {
    ...outcome,
    ...shown(judged, isLast),
    status: stage.next,
    [stage.snapshot]: snapshot,
    ...(isFirst ? { post_migration: snapshot } : {}),
    notes: [...new Set([...missed, ...(seen ? [] : [`${stage.snapshot}: ${why}`]), ...judged.notes])],
  };
  return { record: { ...record, outcome: next, untold: true }, looks: { before, first } };
}

function judge(
  move: Pick<MigrationOutcome, 'vmid' | 'completed_at'> & Pick<Migration, 'started_at'>,
  { before, first }: Looks,
  last: Seen | null,
  timing: Stages,
): JudgedOutcome {
  return judgeOutcome({
    vmid: move.vmid,
    startedAt: move.started_at === null ? null : Date.parse(move.started_at),
    completedAt: Date.parse(move.completed_at),
    before,
    initial: { ...timing.first, look: first },
    sustained: { ...timing.last, look: last },
  });
}

/** A judgement as it is shown; verdicts only once there will be nothing more to see. */
const shown = ({ predicted, actual, sustained, accuracyPct, verdicts, notes }: JudgedOutcome, isLast: boolean) => ({
  predicted,
  predicted_improvement: predicted.source_cpu_delta,
  actual_improvement: actual,
  sustained_improvement: sustained,
  accuracy_pct: accuracyPct,
  source_verdict: isLast ? verdicts.source : null,
  target_verdict: isLast ? verdicts.target : null,
  verdict: isLast ? verdicts.both : null,
  notes,
});
