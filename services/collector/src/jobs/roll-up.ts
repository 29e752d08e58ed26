import type { Kit, Scope } from '@proxbalance/service-kit';
import { pause } from '@proxbalance/service-kit';
import { Queue, Worker } from 'bullmq';
import { dueBuckets } from '../series/due-buckets.ts';
import type { SeriesKind } from '../series/fields.ts';
import type { Series } from '../series/reader.ts';
import { rollUp } from '../series/roll-up.ts';
import { hourTier, quarterDayTier } from '../series/tiers.ts';

const queueName = 'series';
const jobName = 'roll-up';
const pattern = '7 * * * *';
const keepEveryMs = 10 * 60_000;

/** Summaries of hours and quarter days that are over, made once an hour by one replica. */
export async function openRollUps(scope: Scope, kit: Kit, series: Series): Promise<void> {
  const { redis, log, keyPrefix: prefix } = kit;
  const queue = scope.use(new Queue(queueName, { connection: redis.client, prefix }), (it) => it.close());
  queue.on('error', (error) => log.debug({ err: error }, 'queue'));
  const work = async () => {
    const added = await rollUpDue(series, Math.floor(Date.now() / 1000));
    log.info({ added }, 'series rolled up');
  };
  const options = { connection: redis.forJobs(), prefix, lockDuration: 60_000, maxStalledCount: 10 };
  const worker = new Worker(queueName, work, options);
  worker.on('error', (error) => log.debug({ err: error }, 'worker'));
  worker.on('failed', (_job, error) =>
    log.error({ err: error }, 'series could not be rolled up: the next hour goes on'),
  );
  scope.use(worker, (it) => it.close());
  void keepSchedule(queue, kit, scope.signal);
}

/** A Redis that has lost its data has lost the schedule too. */
async function keepSchedule(queue: Queue, { log }: Kit, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      await queue.setGlobalConcurrency(1);
      const opts = { removeOnComplete: { count: 20 }, removeOnFail: { count: 100 } };
      await queue.upsertJobScheduler(jobName, { pattern, tz: 'UTC' }, { name: jobName, opts });
    } catch (error) {
      if (!signal.aborted) log.warn({ err: error }, 'the roll-up schedule could not be seen to');
    }
    await pause(keepEveryMs, signal);
  }
}

/** Hours first: quarter days are made of them. What was done is noted bucket by bucket, what was cut off is done again. */
export async function rollUpDue({ store, catalogue }: Series, nowSeconds: number): Promise<number> {
  let added = 0;
  for (const tier of [hourTier, quarterDayTier] as const) {
    for (const kind of kinds) {
      for (const at of dueBuckets(tier, await catalogue.rolledUp(kind, tier), nowSeconds)) {
        // Without a sample since its begin there is none in it.
        added += await rollUp(store, kind, tier, await catalogue.ids(kind, at), at);
        await catalogue.markRolledUp(kind, tier, at);
      }
    }
  }
  return added;
}

const kinds: readonly SeriesKind[] = ['node', 'guest'];
