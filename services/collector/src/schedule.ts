import { RefusedError, type Settings } from '@proxbalance/contracts';
import type { Kit, Scope } from '@proxbalance/service-kit';
import { Queue, Worker } from 'bullmq';

/** When snapshots are taken: by the clock, one replica a tick, and on request. */
export type Schedule = {
  /** Queues a collection; requests that come before it begins share it. Returns the job's id. */
  collectNow(): Promise<string>;
  apply(settings: Settings): Promise<void>;
};

const queueName = 'collection';
const refreshId = 'refresh';

export async function openSchedule(scope: Scope, kit: Kit, take: () => Promise<unknown>): Promise<Schedule> {
  const { redis, log, settings, keyPrefix: prefix } = kit;
  const queue = scope.use(new Queue(queueName, { connection: redis.client, prefix }), (it) => it.close());
  queue.on('error', (error) => log.debug({ err: error }, 'queue'));
  await queue.setGlobalConcurrency(1);

  const worker = new Worker(
    queueName,
    async () => {
      // From here on a new request means another collection: this one may already have looked.
      await queue.removeDeduplicationKey(refreshId);
      await take();
    },
    { connection: redis.forJobs(), prefix, lockDuration: 15_000, stalledInterval: 5_000, maxStalledCount: 10 },
  );
  worker.on('error', (error) => log.debug({ err: error }, 'worker'));
  worker.on('failed', (_job, error) => log.error({ err: error }, 'collection failed'));
  scope.use(worker, (it) => it.close());

  const schedule: Schedule = {
    async collectNow() {
      try {
        const job = await queue.add('collect', {}, { deduplication: { id: refreshId }, priority: 1, ...tidy });
        return job.id ?? refreshId;
      } catch (error) {
        throw new RefusedError('broker-unavailable', `Redis: ${(error as Error).message}`);
      }
    },
    async apply(current) {
      const every = current.live_interval_seconds * 1000;
      try {
        await queue.upsertJobScheduler('live', { every }, { name: 'collect', opts: { ...tidy } });
        await schedule.collectNow();
      } catch (error) {
        log.error({ err: error }, 'the collection schedule could not be set');
      }
    },
  };
  await schedule.apply(settings.current());
  return schedule;
}

const tidy = { removeOnComplete: { count: 20 }, removeOnFail: { count: 100 } } as const;
