import { NotificationDelivered, NotificationFailed, RefusedError, type Settings } from '@proxbalance/contracts';
import type { Kit, Scope } from '@proxbalance/service-kit';
import { type Job, Queue, UnrecoverableError, Worker } from 'bullmq';
import { triesMax, waitMs } from './backoff.ts';
import type { Message } from './message.ts';
import { DeliveryError } from './providers/provider.ts';
import { webhook } from './providers/webhook.ts';

type Delivery = { provider: typeof webhook.name; message: Message };

/** Durable deliveries: each message once per provider, tried again with back-off for about a day. */
export type Deliveries = { enqueue(message: Message): Promise<void> };

const queueName = 'deliveries';

export async function openDeliveries(scope: Scope, kit: Kit): Promise<Deliveries> {
  const { redis, log, settings, keyPrefix: prefix } = kit;
  const queue = scope.use(new Queue<Delivery>(queueName, { connection: redis.client, prefix }), (it) => it.close());
  queue.on('error', (error) => log.debug({ err: error }, 'queue'));
  const worker = new Worker<Delivery, number>(queueName, (job) => deliver(job, settings.current(), scope.signal), {
    connection: redis.forJobs(),
    prefix,
    concurrency: 8,
    lockDuration: 15_000,
    stalledInterval: 5_000,
    maxStalledCount: 1000,
    settings: {
      backoffStrategy: (tries, _type, error) =>
        waitMs(tries, error instanceof DeliveryError ? error.retryAfterMs : null),
    },
  });
  worker.on('error', (error) => log.debug({ err: error }, 'worker'));
  const telling = scope.use(new Set<Promise<void>>(), (all) => Promise.all(all));
  const tellOf = (job: Job<Delivery, number>, reason: string | null) => {
    const told: Promise<void> = tell(kit, job, reason).finally(() => telling.delete(told));
    telling.add(told);
  };
  worker.on('completed', (job) => tellOf(job, null));
  worker.on('failed', (job, error) => {
    if (!job) return;
    const isLast = job.attemptsMade >= triesMax || error instanceof UnrecoverableError;
    log.warn(
      { err: error, provider: job.data.provider, attempts: job.attemptsMade, isLast },
      'a notification was not delivered',
    );
    if (isLast) tellOf(job, error.message);
  });
  scope.use(worker, (it) => it.close());
  return {
    async enqueue(message) {
      const { enabled, providers } = settings.current().automated_migrations.notifications;
      if (!enabled || !providers.webhook.enabled) return;
      const options = {
        jobId: `${message.event.id}-${webhook.name}`.replaceAll(':', '-'),
        attempts: triesMax,
        backoff: { type: 'custom' },
        removeOnComplete: { age: 24 * 60 * 60 },
        removeOnFail: { age: 30 * 24 * 60 * 60 },
      };
      await queue.add('deliver', { provider: webhook.name, message }, options);
    },
  };
}

/** Sends one message now, for a person who waits. */
export async function deliverNow(settings: Settings, message: Message): Promise<number> {
  const config = settings.automated_migrations.notifications.providers.webhook;
  const problem = webhook.problem(config);
  if (problem) throw new RefusedError('invalid-input', `webhook: ${problem}`, [{ path: 'provider', message: problem }]);
  try {
    return await webhook.send(config, message);
  } catch (error) {
    if (error instanceof DeliveryError) throw new RefusedError('delivery-failed', `webhook: ${error.message}`);
    throw error;
  }
}

/** As the settings are now: what was switched off since is not delivered any more. */
async function deliver(job: Job<Delivery, number>, settings: Settings, signal: AbortSignal): Promise<number> {
  const { enabled, providers } = settings.automated_migrations.notifications;
  const config = providers.webhook;
  const problem = enabled && config.enabled ? webhook.problem(config) : 'it was switched off meanwhile';
  if (problem) throw new UnrecoverableError(problem);
  try {
    return await webhook.send(config, job.data.message, signal);
  } catch (error) {
    if (error instanceof DeliveryError && error.permanent) throw new UnrecoverableError(error.message);
    throw error;
  }
}

async function tell(kit: Kit, job: Job<Delivery, number>, reason: string | null): Promise<void> {
  const { provider, message } = job.data;
  const delivery = {
    delivery_id: job.id ?? message.event.id,
    provider,
    event_id: message.event.id,
    event_type: message.event.type,
    attempts: job.attemptsMade,
  };
  const options = { id: `${delivery.delivery_id}.${reason === null ? 'delivered' : 'failed'}`, subject: provider };
  const told =
    reason === null
      ? kit.bus.publish(NotificationDelivered, delivery, options)
      : kit.bus.publish(NotificationFailed, { ...delivery, reason }, options);
  await told.catch((error: unknown) => kit.log.warn({ err: error }, 'the fate of a notification could not be told'));
}
