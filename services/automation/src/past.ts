import type { AutomatedMigration, AutomationRun, AutomationRunSummary } from '@proxbalance/contracts';

/** A run as it is shown. Nothing is carried out so far, whatever was decided. */
export function summaryOf(run: AutomationRun): AutomationRunSummary {
  const { started_at, finished_at, dry_run, decisions } = run;
  return {
    ...run,
    timestamp: started_at,
    mode: dry_run ? 'dry-run' : 'live',
    duration_seconds: Math.max(0, Date.parse(finished_at) - Date.parse(started_at)) / 1000,
    migrations_executed: 0,
    migrations_successful: 0,
    decisions: decisions.map((decision, index) => ({
      ...decision,
      priority_rank: index + 1,
      total_candidates: decisions.length,
    })),
  };
}

/** The moves a run decided on; what it left is none. */
export const migrationsOf = ({ run_id, finished_at, dry_run, decisions }: AutomationRun): AutomatedMigration[] =>
  decisions
    .filter(({ action }) => action === 'would-migrate')
    .map(({ vmid, name, type, source_node, target_node, reason, score_improvement, confidence_score }) => ({
      id: `${run_id}.${vmid}`,
      run_id,
      timestamp: finished_at,
      vmid,
      name,
      type: type ?? null,
      source_node,
      target_node,
      status: 'dry-run',
      reason,
      score_improvement: score_improvement ?? null,
      confidence_score: confidence_score ?? null,
      dry_run,
      initiated_by: 'automated',
    }));

/** Those in the range, both ends included. */
export const between = <T extends { timestamp: string }>(all: T[], from?: string, to?: string): T[] =>
  all.filter(({ timestamp }) => {
    const at = Date.parse(timestamp);
    return (from === undefined || at >= Date.parse(from)) && (to === undefined || at <= Date.parse(to));
  });

/** The part of a list that was asked for, and how many there are. */
export const pageOf = <T extends { status: string }>(
  all: T[],
  {
    status,
    limit,
    offset = 0,
  }: { status?: string | undefined; limit?: number | undefined; offset?: number | undefined },
): { page: T[]; total: number } => {
  const matching = all.filter((one) => status === undefined || one.status === status);
  return { page: matching.slice(offset, limit === undefined ? undefined : offset + limit), total: matching.length };
};
