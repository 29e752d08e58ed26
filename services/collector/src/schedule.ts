import { RefusedError } from '@proxbalance/contracts';
import { type Kit, pause, type Scope } from '@proxbalance/service-kit';
import { type Job, Queue, Worker } from 'bullmq';

/** When snapshots are taken: by the clock, one replica a tick, and on request. */
export type Schedule = {
  /** Queues a collection; requests that come before it begins share it. Returns the job's id. */
  collectNow(): Promise<string>;
};

const queueName = 'collection';
const refreshId = 'refresh';
const scheduler = 'live';
/** How often it is looked after, milliseconds: a Redis that has lost its data has lost the schedule too. */
const keepEveryMs = 10_000;

export async function openSchedule(scope: Scope, kit: Kit, take: () => Promise<unknown>): Promise<Schedule> {
  const { redis, log, keyPrefix: prefix } = kit;
  const queue = scope.use(new Queue(queueName, { connection: redis.client, prefix }), (it) => it.close());
  queue.on('error', (error) => log.debug({ err: error }, 'queue'));
  await queue.setGlobalConcurrency(1);

  const work = async (job: Job) => {
    // From here on a new request means another collection: this one may already have looked.
    if (job.name === refreshId) await queue.removeDeduplicationKey(refreshId);
    await take();
  };
  const connection = redis.forJobs();
  const options = { connection, prefix, lockDuration: 15_000, stalledInterval: 5_000, maxStalledCount: 10 };
  const worker = new Worker(queueName, work, options);
  worker.on('error', (error) => log.debug({ err: error }, 'worker'));
  worker.on('failed', (_job, error) => log.error({ err: error }, 'collection failed'));
  scope.use(worker, (it) => it.close());

  const schedule: Schedule = {
    async collectNow() {
      try {
        const job = await queue.add(refreshId, {}, { deduplication: { id: refreshId }, priority: 1, ...tidy });
        return job.id ?? refreshId;
      } catch (error) {
        throw new RefusedError('broker-unavailable', `Redis: ${(error as Error).message}`);
      }
    },
  };
  await schedule.collectNow();
  void keepSchedule(queue, kit, scope.signal, schedule);
  return schedule;
}

/** Sees to it that snapshots are due at the interval in force, from the start on, after each change and whatever becomes of Redis. */
async function keepSchedule(queue: Queue, kit: Kit, signal: AbortSignal, schedule: Schedule): Promise<void> {
  const { settings, log } = kit;
  let change = new AbortController();
  settings.onChange(() => {
    change.abort();
    void schedule.collectNow().catch((error: unknown) => log.warn({ err: error }, 'no snapshot after a change'));
  });
  while (!signal.aborted) {
    change = new AbortController();
    try {
      const every = settings.current().live_interval_seconds * 1000;
      const known = await queue.getJobScheduler(scheduler);
      if (known?.every !== every) {
        await queue.setGlobalConcurrency(1);
        await queue.upsertJobScheduler(scheduler, { every }, { name: scheduler, opts: { ...tidy } });
      }
    } catch (error) {
      log.warn({ err: error }, 'the collection schedule could not be seen to');
    }
    await pause(keepEveryMs, AbortSignal.any([signal, change.signal]));
  }
}

const tidy = { removeOnComplete: { count: 20 }, removeOnFail: { count: 100 } } as const;
