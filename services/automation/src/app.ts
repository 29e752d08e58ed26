import { type Generation, RecommendationsGenerated, type Settings } from '@proxbalance/contracts';
import type { KitEnv, OpenService } from '@proxbalance/service-kit';
import { Queue, Worker } from 'bullmq';
import { openHistory } from './history.ts';
import { cycle } from './jobs/cycle.ts';

const queueName = 'cycles';

export const openAutomation: OpenService<KitEnv> = async (scope, kit) => {
  const { bus, log, redis, settings, keyPrefix: prefix } = kit;
  let latest: Generation | null = null;
  bus.observe(RecommendationsGenerated, (event) => {
    latest = event.data;
  });
  const queue = scope.use(new Queue(queueName, { connection: redis.client, prefix }), (it) => it.close());
  queue.on('error', (error) => log.debug({ err: error }, 'queue'));
  await queue.setGlobalConcurrency(1);
  const runCycle = cycle({
    bus,
    history: openHistory(redis, prefix),
    settings: settings.current,
    latest: () => latest,
    now: () => new Date(),
  });
  const options = { connection: redis.forJobs(), prefix, lockDuration: 15_000, stalledInterval: 5_000 };
  const worker = new Worker(queueName, async () => void (await runCycle()), options);
  worker.on('error', (error) => log.debug({ err: error }, 'worker'));
  worker.on('failed', (_job, error) => log.error({ err: error }, 'an automation cycle failed'));
  scope.use(worker, (it) => it.close());

  /** One replica takes each tick; while automation is off there are none. */
  const schedule = async ({ automated_migrations: { enabled, check_interval_minutes } }: Settings) => {
    try {
      if (!enabled) await queue.removeJobScheduler('cycle');
      else
        await queue.upsertJobScheduler(
          'cycle',
          { every: check_interval_minutes * 60_000 },
          { name: 'cycle', opts: { removeOnComplete: 20, removeOnFail: 100 } },
        );
    } catch (error) {
      log.error({ err: error }, 'the automation schedule could not be set');
    }
  };
  await schedule(settings.current());
  settings.onChange((changed) => void schedule(changed));
};
