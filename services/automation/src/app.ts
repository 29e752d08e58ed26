import { Generate, type Generation, RecommendationsGenerated } from '@proxbalance/contracts';
import { type KitEnv, type OpenService, pause } from '@proxbalance/service-kit';
import { Queue, Worker } from 'bullmq';
import { openHistory } from './history.ts';
import { historyHandlers } from './history-handlers.ts';
import { cycle } from './jobs/cycle.ts';
import { keepSchedule } from './schedule.ts';

const queueName = 'cycles';
const catchUpMaxMs = 2000;

export const openAutomation: OpenService<KitEnv> = async (scope, kit) => {
  const { bus, log, redis, settings, keyPrefix: prefix } = kit;
  let heard: Generation | null = null;
  const caughtUp = new AbortController();
  bus.observe(RecommendationsGenerated, (event) => {
    heard = event.data;
    caughtUp.abort();
  });
  // While nothing much happens, nothing is told: what stands now has to be asked for.
  const latest = async () => {
    const asked = await bus.ask(Generate, {});
    return asked.ok ? asked.value : heard;
  };
  // A tick may be due at once, and what is recommended takes a moment to be heard of.
  const ready = pause(catchUpMaxMs, AbortSignal.any([caughtUp.signal, scope.signal]));
  const queue = scope.use(new Queue(queueName, { connection: redis.client, prefix }), (it) => it.close());
  queue.on('error', (error) => log.debug({ err: error }, 'queue'));
  await queue.setGlobalConcurrency(1);
  const history = openHistory(redis, prefix);
  const runCycle = cycle({
    bus,
    history,
    settings: settings.current,
    latest,
    now: () => new Date(),
  });
  const options = { connection: redis.forJobs(), prefix, lockDuration: 15_000, stalledInterval: 5_000 };
  const worker = new Worker(
    queueName,
    async () => {
      await ready;
      await runCycle();
    },
    options,
  );
  worker.on('error', (error) => log.debug({ err: error }, 'worker'));
  worker.on('failed', (_job, error) => log.error({ err: error }, 'an automation cycle failed'));
  scope.use(worker, (it) => it.close());

  scope.use(await bus.serve(historyHandlers(history)), (stop) => stop());
  void keepSchedule(queue, settings, log, scope.signal);
};
