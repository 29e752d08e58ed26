import { RefusedError } from '@proxbalance/contracts';
import { inSpan, type Kit, type Scope, traceCarrier } from '@proxbalance/service-kit';
import { type Job, Queue, Worker } from 'bullmq';

/** The one queue of all moves, whatever asked for them. */
export type MigrationQueue = {
  /** Adding a move that is queued already changes nothing. */
  add(id: string): Promise<void>;
};

const queueName = 'migrations';
/** Short: a move whose process was killed is taken over within about fifteen seconds. */
const lockMs = 10_000;

export async function openQueue(
  scope: Scope,
  kit: Kit,
  work: (job: Job<{ id: string }>, token?: string) => Promise<void>,
): Promise<MigrationQueue> {
  const { redis, log, keyPrefix: prefix } = kit;
  const queue = scope.use(new Queue(queueName, { connection: redis.client, prefix }), (it) => it.close());
  queue.on('error', (error) => log.debug({ err: error }, 'queue'));
  const worker = new Worker<{ id: string; trace: Record<string, string> }>(
    queueName,
    (job, token) => inSpan('migrator job', job.data.trace, () => work(job, token)),
    {
      connection: redis.forJobs(),
      prefix,
      concurrency: 64,
      lockDuration: lockMs,
      stalledInterval: lockMs / 2,
      maxStalledCount: 1_000_000,
    },
  );
  worker.on('error', (error) => log.debug({ err: error }, 'worker'));
  worker.on('failed', (job, error) => {
    if (!scope.signal.aborted)
      log.warn({ err: error, migration_id: job?.data.id }, 'a migration step failed, will be tried again');
  });
  scope.use(worker, (it) => it.close());
  return {
    async add(id) {
      try {
        await queue.add(
          'migrate',
          { id, trace: traceCarrier() },
          {
            jobId: id,
            attempts: 1_000_000,
            backoff: { type: 'fixed', delay: 2000 },
            removeOnComplete: true,
            removeOnFail: true,
          },
        );
      } catch (error) {
        throw new RefusedError('broker-unavailable', `Redis: ${(error as Error).message}`);
      }
    },
  };
}
