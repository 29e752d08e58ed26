import type { DataOf, EventContract } from '@proxbalance/contracts';
import { withContext } from '../context.ts';
import { inSpan } from '../trace.ts';
import { ClaimGoneError } from './claims.ts';
import { type ConsumeParts, consumeForever, durableConfig, durableName } from './consume.ts';
import { Envelope, type Event } from './envelope.ts';
import { type JsMsg, NatsError } from './nats.ts';
import { deadLetterSubject, eventStream, explicitAck } from './streams.ts';

export type SubscribeOptions = {
  /** Where a durable that never existed begins. */
  from?: 'new' | 'last';
  /** Tries before a message goes to the dead letters. */
  triesMax?: number;
  /** Wait before try n+1, milliseconds; the last value repeats. */
  backoffMs?: readonly number[];
};

/**
 * Handles each event of one type once per service, however many replicas run (at least once: handlers are idempotent by
 * `event.id`). A handler that throws is tried again with back-off; after the last try the message lies in the dead-letter
 * stream with the reason. What is malformed is logged and dropped at once.
 */
export async function subscribe<C extends EventContract>(
  parts: ConsumeParts,
  contract: C,
  handler: (event: Event<DataOf<C>>) => Promise<void>,
  options: SubscribeOptions = {},
): Promise<void> {
  const { link, namespace, source } = parts;
  const durable = durableName(source, contract);
  const open = async () => {
    const manager = await link.connection.jetstreamManager();
    const config = { ...durableConfig(parts, contract, options.from ?? 'new'), ack_policy: explicitAck };
    await manager.consumers.info(eventStream(namespace), durable).catch(async (error: unknown) => {
      if (!(error instanceof NatsError) || error.api_error?.code !== 404) throw error;
      await manager.consumers.add(eventStream(namespace), config);
    });
    return durable;
  };
  // Made before anything else, so that no fact is missed from here on; the loop makes it again when it gets lost.
  await open().catch((error: unknown) => parts.log.warn({ err: error, durable }, 'durable consumer not made yet'));
  void consumeForever(parts, durable, open, (message) => handleOne(parts, contract, message, handler, options));
}

async function handleOne<C extends EventContract>(
  parts: ConsumeParts,
  contract: C,
  message: JsMsg,
  handler: (event: Event<DataOf<C>>) => Promise<void>,
  options: SubscribeOptions,
): Promise<void> {
  const alive = setInterval(() => message.working(), 10_000);
  try {
    const event = await decodeEvent(parts, contract, message.data);
    const carrier = { traceparent: message.headers?.get('traceparent') ?? '' };
    await withContext({ message_id: event.id }, () =>
      inSpan(`${parts.source} ${contract.type}`, carrier, () => handler(event)),
    );
    message.ack();
  } catch (error) {
    await afterFailure(parts, contract, message, error as Error, options);
  } finally {
    clearInterval(alive);
  }
}

/** A message that can never be handled, by anyone. */
export class MalformedMessageError extends Error {
  override name = 'MalformedMessageError';
}

export async function decodeEvent<C extends EventContract>(
  parts: Pick<ConsumeParts, 'claims'>,
  contract: C,
  bytes: Uint8Array,
): Promise<Event<DataOf<C>>> {
  const envelope = decodeEnvelope(bytes);
  const data = envelope.dataref ? parseJson(await parts.claims.get(envelope.dataref)) : envelope.data;
  const parsed = contract.schema.safeParse(data);
  if (!parsed.success) throw new MalformedMessageError(`${contract.type} ${envelope.id}: ${parsed.error.message}`);
  return {
    id: envelope.id,
    type: envelope.type,
    time: envelope.time,
    subject: envelope.subject,
    data: parsed.data as DataOf<C>,
  };
}

export function decodeEnvelope(bytes: Uint8Array): Envelope {
  const parsed = Envelope.safeParse(parseJson(bytes));
  if (!parsed.success) throw new MalformedMessageError(`not a CloudEvent: ${parsed.error.message}`);
  return parsed.data;
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString());
  } catch (error) {
    throw new MalformedMessageError(`not JSON: ${(error as Error).message}`);
  }
}

async function afterFailure(
  parts: ConsumeParts,
  contract: EventContract,
  message: JsMsg,
  error: Error,
  options: SubscribeOptions,
): Promise<void> {
  const { log, source } = parts;
  const backoffMs = options.backoffMs ?? [250, 1000, 5000, 15_000];
  const tries = message.info.redeliveryCount;
  if (error instanceof MalformedMessageError) {
    log.error({ err: error, type: contract.type }, 'dropped a malformed message');
    message.term();
  } else if (error instanceof ClaimGoneError) {
    log.warn({ err: error, type: contract.type }, 'skipped a message older than its payload');
    message.ack();
  } else if (tries >= (options.triesMax ?? 5)) {
    log.error({ err: error, type: contract.type, tries }, 'gave a message up: see the dead letters');
    await bury(parts, durableName(source, contract), message, error);
  } else {
    log.warn({ err: error, type: contract.type, tries }, 'handler failed, will be tried again');
    message.nak(backoffMs[Math.min(tries, backoffMs.length) - 1] ?? 1000);
  }
}

/** Only a message that is safely stored among the dead letters is taken off its consumer. */
async function bury(parts: ConsumeParts, durable: string, message: JsMsg, error: Error): Promise<void> {
  const letter = {
    consumer: durable,
    reason: error.message,
    tries: message.info.redeliveryCount,
    stream_sequence: message.seq,
    buried_at: new Date().toISOString(),
    message: Buffer.from(message.data).toString(),
  };
  const subject = deadLetterSubject(parts.namespace, durable);
  try {
    const id = `${durable}:${message.info.streamSequence}`;
    await parts.link.connection.jetstream().publish(subject, Buffer.from(JSON.stringify(letter)), { msgID: id });
    message.term();
  } catch (problem) {
    parts.log.warn({ err: problem }, 'dead letter not stored, keeping the message');
    message.nak(5000);
  }
}
