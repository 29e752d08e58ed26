import { randomUUID } from 'node:crypto';
import { allEventsSubject, type DataOf, type EventContract, eventSubject } from '@proxbalance/contracts';
import { markFailed } from '../trace.ts';
import { ClaimGoneError } from './claims.ts';
import { apiMaxMs, type ConsumeParts, startReading } from './consume.ts';
import { inContextOf, messageIdOf } from './context-headers.ts';
import { decodeEnvelope, decodeEvent, MalformedMessageError } from './decode.ts';
import type { Envelope, Event } from './envelope.ts';
import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  type JetStreamManager,
  type JsMsg,
  nanos,
  type StreamInfo,
} from './nats.ts';
import { openPosition, startAt } from './position.ts';
import { eventStream, isNotFound } from './streams.ts';

/** How often a payload that can't be fetched is asked for before its message is passed over. */
const fetchTriesMax = 10;

type Observation<T> = {
  subject: string;
  /** Where a reader that has seen nothing begins. */
  first: (manager: JetStreamManager, stream: StreamInfo) => Promise<Partial<ConsumerConfig>>;
  decode: (message: JsMsg) => Promise<T>;
  handler: (thing: T) => void | Promise<void>;
  wants?: ((message: JsMsg) => boolean) | undefined;
};

/** Follows one event type in this process alone, beginning with the newest one there is: for read models. */
export function observe<C extends EventContract>(
  parts: ConsumeParts,
  contract: C,
  handler: (event: Event<DataOf<C>>) => void | Promise<void>,
  wants?: (envelope: Envelope) => boolean,
): void {
  const subject = eventSubject(parts.namespace, contract);
  follow(parts, {
    subject,
    first: (manager, stream) => newestOf(manager, stream, subject),
    decode: (message) => decodeEvent(parts.claims, contract, message.data),
    handler,
    wants: wants && ((message) => wants(decodeEnvelope(message.data))),
  });
}

/** Follows every event (of one noun) in this process alone, from `since` on, without fetching large payloads. */
export function observeAll(
  parts: ConsumeParts,
  since: Date,
  handler: (envelope: Envelope) => void | Promise<void>,
  noun?: string,
): void {
  follow(parts, {
    subject: allEventsSubject(parts.namespace, noun),
    first: async () => ({ deliver_policy: DeliverPolicy.StartTime, opt_start_time: since.toISOString() }),
    decode: async (message) => decodeEnvelope(message.data),
    handler,
  });
}

/** An ephemeral consumer, made anew behind the last message handled whenever it gets lost or leaves one out. */
function follow<T>(parts: ConsumeParts, observation: Observation<T>): void {
  const { link, namespace } = parts;
  const stream = eventStream(namespace);
  const position = openPosition();
  let delivered = 0;
  const handleOne = handlerOf(parts, observation);
  startReading(parts, {
    name: observation.subject,
    batch: 50,
    async open() {
      const manager = await link.connection.jetstreamManager({ timeout: apiMaxMs });
      const info = await manager.streams.info(stream);
      const start = await position.start(info, () => observation.first(manager, info));
      const name = `observer_${randomUUID()}`;
      await manager.consumers.add(stream, observerConfig(name, observation.subject, start));
      delivered = 0;
      return name;
    },
    async handle(message) {
      // Unacknowledged messages are sent once: one that got lost on the way shows by the gap it leaves.
      if (message.info.deliverySequence !== ++delivered) throw new Error(`missed a message before ${message.seq}`);
      await handleOne(message);
      position.passed(message.seq);
    },
    async check(consumer) {
      const info = await consumer.info();
      if (info.delivered.consumer_seq !== delivered)
        throw new Error(`missed a message up to ${info.delivered.stream_seq}`);
    },
  });
}

/** Throws for a message that should be read again: its payload could not be fetched now. */
function handlerOf<T>(
  parts: ConsumeParts,
  { decode, handler, wants }: Observation<T>,
): (message: JsMsg) => Promise<void> {
  const { link, log, source } = parts;
  let tries = 0;
  const decodeNow = (message: JsMsg) =>
    decode(message).catch((error: unknown) => {
      const isFinal = error instanceof MalformedMessageError || error instanceof ClaimGoneError;
      if (link.isUp() && !isFinal) tries++;
      throw isFinal || tries >= fetchTriesMax ? error : new NotNowError(error);
    });
  return async (message) => {
    const spanName = `${source} observes ${message.subject}`;
    await inContextOf(message.headers, spanName, messageIdOf(message.headers), async (span) => {
      try {
        if (!wants || wants(message)) await handler(await decodeNow(message));
      } catch (error) {
        if (error instanceof NotNowError) throw error;
        markFailed(span, error);
        log.error({ err: error, subject: message.subject }, 'an observer could not use a message');
      }
    });
    tries = 0;
  };
}

class NotNowError extends Error {
  constructor(cause: unknown) {
    super('a payload could not be fetched', { cause });
  }
}

async function newestOf(
  manager: JetStreamManager,
  stream: StreamInfo,
  subject: string,
): Promise<Partial<ConsumerConfig>> {
  const newest = await manager.streams
    .getMessage(stream.config.name, { last_by_subj: subject })
    .catch((error: unknown) => {
      if (!isNotFound(error)) throw error;
      return null;
    });
  return startAt(newest?.seq ?? stream.state.last_seq + 1);
}

const observerConfig = (name: string, subject: string, start: Partial<ConsumerConfig>): Partial<ConsumerConfig> => ({
  name,
  filter_subject: subject,
  ack_policy: AckPolicy.None,
  inactive_threshold: nanos(60_000),
  mem_storage: true,
  ...start,
});
