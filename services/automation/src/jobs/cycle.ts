import { randomUUID } from 'node:crypto';
import { type AutomationRun, type Generation, RunFinished, RunStarted, type Settings } from '@proxbalance/contracts';
import type { Bus } from '@proxbalance/service-kit';
import { decide } from '../decide.ts';
import type { RunHistory } from '../history.ts';

export type CycleDeps = {
  bus: Pick<Bus, 'publish'>;
  history: RunHistory;
  settings: () => Settings;
  latest: () => Promise<Generation | null>;
  now: () => Date;
};

/** One cycle: decides, records, tells. It moves nothing. While automation is off it does not even begin. */
export const cycle = (deps: CycleDeps) => async (): Promise<AutomationRun | null> => {
  const settings = deps.settings();
  const { enabled, dry_run } = settings.automated_migrations;
  if (!enabled) return null;
  const run_id = randomUUID();
  const started_at = deps.now().toISOString();
  await deps.bus.publish(RunStarted, { run_id, dry_run, started_at }, { id: `${run_id}.started` });
  const verdict = decide(await deps.latest(), settings, deps.now());
  const run: AutomationRun = {
    run_id,
    dry_run,
    started_at,
    finished_at: deps.now().toISOString(),
    ...verdict,
  };
  await deps.history.add(run);
  await deps.bus.publish(RunFinished, run, { id: `${run_id}.finished` });
  return run;
};
