import type { EventContract, ServiceName } from '@proxbalance/contracts';
import { eventSubject } from '@proxbalance/contracts';
import type { Log } from '../log.ts';
import { pause } from '../pause.ts';
import type { Claims } from './claims.ts';
import type { NatsLink } from './connection.ts';
import { type ConsumerConfig, DeliverPolicy, type JsMsg, nanos } from './nats.ts';
import { ensureStreams, eventStream } from './streams.ts';

export type ConsumeParts = {
  link: NatsLink;
  claims: Claims;
  namespace: string;
  source: ServiceName;
  log: Log;
  signal: AbortSignal;
};

const waitMs = 5000;

/**
 * Fetches and handles messages one after another until the scope ends. Whatever breaks — server restart, lost consumer,
 * wiped stream — the loop makes its consumer anew and goes on.
 */
export async function consumeForever(
  parts: ConsumeParts,
  name: string,
  open: () => Promise<string>,
  handle: (message: JsMsg) => Promise<void>,
): Promise<void> {
  const { link, log, namespace, signal } = parts;
  let stopBatch = () => {};
  link.onReconnect(() => stopBatch());
  signal.addEventListener('abort', () => stopBatch(), { once: true });
  while (!signal.aborted) {
    try {
      const manager = await link.connection.jetstreamManager({ timeout: 2000 });
      await ensureStreams(manager, namespace);
      const consumerName = await open();
      const consumer = await link.connection.jetstream().consumers.get(eventStream(namespace), consumerName);
      while (!signal.aborted) {
        const batch = await consumer.fetch({ max_messages: 50, expires: waitMs });
        stopBatch = () => batch.stop();
        for await (const message of batch) {
          if (signal.aborted) break;
          await handle(message);
        }
        // A consumer that vanished answers nothing at all; asking for it turns silence into an error.
        if (!signal.aborted) await consumer.info();
      }
    } catch (error) {
      if (signal.aborted) return;
      log.debug({ err: error, consumer: name }, 'consumer interrupted');
      await pause(300, signal);
    }
  }
}

export const durableName = (service: ServiceName, contract: EventContract): string =>
  `${service}_${contract.type.replaceAll(/[.-]/g, '_')}`;

/** Configuration of a durable consumer of one event type, shared by all replicas of a service. */
export function durableConfig(
  parts: ConsumeParts,
  contract: EventContract,
  from: 'new' | 'last',
): Partial<ConsumerConfig> {
  return {
    durable_name: durableName(parts.source, contract),
    filter_subject: eventSubject(parts.namespace, contract),
    deliver_policy: from === 'last' ? DeliverPolicy.Last : DeliverPolicy.New,
    ack_wait: nanos(30_000),
    max_deliver: -1,
    max_ack_pending: 64,
  };
}
