import { type EventContract, eventSubject, type ServiceName } from '@proxbalance/contracts';
import { apiMaxMs, type ConsumeParts, type Reading } from './consume.ts';
import { type ConsumerConfig, DeliverPolicy, nanos } from './nats.ts';
import { openPosition, startAt } from './position.ts';
import { eventStream, explicitAck, isNotFound } from './streams.ts';

/** How long a replica may say nothing about a message before another one gets it. */
const ackWaitMs = 10_000;

export const durableName = (service: ServiceName, contract: EventContract): string =>
  `${service}_${contract.type.replaceAll(/[.-]/g, '_')}`;

/** The durable consumer of one event type, shared by all replicas of a service. */
export function durableConsumer(
  parts: ConsumeParts,
  contract: EventContract,
  from: 'new' | 'last',
): Pick<Reading, 'open' | 'check'> {
  const { link, namespace, source } = parts;
  const durable = durableName(source, contract);
  const stream = eventStream(namespace);
  const position = openPosition();
  // The same for all replicas, so that any of them may make it; afterwards it goes on where it stood.
  const first = async () => ({ deliver_policy: from === 'last' ? DeliverPolicy.Last : DeliverPolicy.New });
  return {
    async open() {
      const manager = await link.connection.jetstreamManager({ timeout: apiMaxMs });
      const info = await manager.streams.info(stream);
      const known = await manager.consumers.info(stream, durable).catch((error: unknown) => {
        if (!isNotFound(error)) throw error;
        return null;
      });
      const start = await position.start(info, known ? async () => startAt(known.ack_floor.stream_seq + 1) : first);
      if (known) position.passed(known.ack_floor.stream_seq);
      else await manager.consumers.add(stream, durableConfig(durable, eventSubject(namespace, contract), start));
      return durable;
    },
    async check(consumer) {
      position.passed((await consumer.info()).ack_floor.stream_seq);
    },
  };
}

const durableConfig = (durable: string, subject: string, start: Partial<ConsumerConfig>): Partial<ConsumerConfig> => ({
  durable_name: durable,
  filter_subject: subject,
  ack_policy: explicitAck,
  ack_wait: nanos(ackWaitMs),
  max_deliver: -1,
  // Counts the messages that wait for their next try, too: a few bad ones must not hold up the good ones.
  max_ack_pending: 1000,
  ...start,
});
