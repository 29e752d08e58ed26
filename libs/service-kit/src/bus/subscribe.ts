import type { DataOf, EventContract } from '@proxbalance/contracts';
import { markFailed } from '../trace.ts';
import { bury } from './bury.ts';
import { ClaimGoneError } from './claims.ts';
import { type ConsumeParts, startReading } from './consume.ts';
import { inContextOf, messageIdOf } from './context-headers.ts';
import { decodeEvent, MalformedMessageError } from './decode.ts';
import { durableConsumer, durableName } from './durable.ts';
import type { Event } from './envelope.ts';
import type { JsMsg } from './nats.ts';

export type SubscribeOptions = {
  /** Where a durable that never existed begins. */
  from?: 'new' | 'last';
  /** Tries before a message goes to the dead letters. */
  triesMax?: number;
  /** Wait before try n+1, milliseconds; the last value repeats. */
  backoffMs?: readonly number[];
};

/** How often a handler says "still at it": well within the time after which another replica gets its message. */
const workingEveryMs = 3000;
/** Deliveries beyond the tries, for those that were lost on the way. A message that ends its process each time stops here. */
const unheardMax = 3;

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
  const durable = durableName(parts.source, contract);
  const consumer = durableConsumer(parts, contract, options.from ?? 'new');
  // Made before anything else, so that no fact is missed from here on; the loop makes it again when it gets lost.
  await consumer
    .open()
    .catch((error: unknown) => parts.log.warn({ err: error, durable }, 'durable consumer not made yet'));
  startReading(parts, {
    name: durable,
    batch: 1,
    ...consumer,
    handle: (message) => handleOne(parts, contract, message, handler, options),
  });
}

async function handleOne<C extends EventContract>(
  parts: ConsumeParts,
  contract: C,
  message: JsMsg,
  handler: (event: Event<DataOf<C>>) => Promise<void>,
  options: SubscribeOptions,
): Promise<void> {
  const durable = durableName(parts.source, contract);
  if (message.info.deliveryCount > triesMaxOf(options) + unheardMax)
    return bury(parts, durable, message, 'delivered again and again, but no try of it came to an end');
  const alive = setInterval(() => message.working(), workingEveryMs);
  const spanName = `${parts.source} ${contract.type}`;
  try {
    await inContextOf(message.headers, spanName, messageIdOf(message.headers), async (span) => {
      try {
        await handler(await decodeEvent(parts.claims, contract, message.data));
        message.ack();
      } catch (error) {
        markFailed(span, error);
        await afterFailure(parts, contract, message, error, options);
      }
    });
  } finally {
    clearInterval(alive);
  }
}

async function afterFailure(
  parts: ConsumeParts,
  contract: EventContract,
  message: JsMsg,
  error: unknown,
  options: SubscribeOptions,
): Promise<void> {
  const { log, source } = parts;
  const { type } = contract;
  const backoffMs = options.backoffMs ?? [250, 1000, 5000, 15_000];
  const tries = message.info.deliveryCount;
  if (error instanceof MalformedMessageError) {
    log.error({ err: error, type }, 'dropped a malformed message');
    message.term();
  } else if (error instanceof ClaimGoneError) {
    log.warn({ err: error, type }, 'skipped a message older than its payload');
    message.ack();
  } else if (tries >= triesMaxOf(options)) {
    log.error({ err: error, type, tries }, 'gave a message up: see the dead letters');
    await bury(parts, durableName(source, contract), message, error instanceof Error ? error.message : String(error));
  } else {
    log.warn({ err: error, type, tries }, 'handler failed, will be tried again');
    message.nak(backoffMs[Math.min(tries, backoffMs.length) - 1] ?? 1000);
  }
}

const triesMaxOf = (options: SubscribeOptions): number => options.triesMax ?? 5;
