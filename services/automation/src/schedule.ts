import type { Settings } from '@proxbalance/contracts';
import { type Log, pause, type SettingsView } from '@proxbalance/service-kit';
import type { Queue } from 'bullmq';

const id = 'cycle';
const lookEveryMs = 30_000;
const retryMs = 1000;
const kept = { removeOnComplete: 20, removeOnFail: 100 };

/**
 * Keeps the ticks as the settings say: none while automation is off. Looks again now and then, too: a Redis that was away
 * when the settings changed, or has lost its data, gets its schedule all the same. One replica takes each tick.
 */
export async function keepSchedule(
  queue: Queue,
  settings: Pick<SettingsView, 'current' | 'onChange'>,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  let changed = new AbortController();
  settings.onChange(() => changed.abort());
  while (!signal.aborted) {
    changed = new AbortController();
    const waitMs = await apply(queue, wantedMs(settings.current())).then(
      () => lookEveryMs,
      (error: unknown) => {
        log.warn({ err: error }, 'the automation schedule could not be set yet');
        return retryMs;
      },
    );
    await pause(waitMs, AbortSignal.any([signal, changed.signal]));
  }
}

/** Milliseconds between ticks; null: none. */
const wantedMs = ({ automated_migrations: { enabled, check_interval_minutes } }: Settings): number | null =>
  enabled ? check_interval_minutes * 60_000 : null;

/** What is as it should be stays untouched: setting it again would begin its interval anew. */
async function apply(queue: Queue, every: number | null): Promise<void> {
  const known = await queue.getJobScheduler(id);
  if (every === null) {
    if (known) await queue.removeJobScheduler(id);
  } else if (known?.every !== every) await queue.upsertJobScheduler(id, { every }, { name: id, opts: kept });
}
