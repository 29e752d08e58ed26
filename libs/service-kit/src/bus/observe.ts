import { randomUUID } from 'node:crypto';
import { type DataOf, type EventContract, eventSubject } from '@proxbalance/contracts';
import { type ConsumeParts, consumeForever } from './consume.ts';
import type { Envelope, Event } from './envelope.ts';
import { AckPolicy, type ConsumerConfig, DeliverPolicy, type JsMsg, nanos } from './nats.ts';
import { eventStream } from './streams.ts';
import { decodeEnvelope, decodeEvent } from './subscribe.ts';

/** Follows one event type in this process alone, beginning with the newest one there is: for read models. */
export function observe<C extends EventContract>(
  parts: ConsumeParts,
  contract: C,
  handler: (event: Event<DataOf<C>>) => void | Promise<void>,
): void {
  follow(parts, eventSubject(parts.namespace, contract), { deliver_policy: DeliverPolicy.Last }, async (message) => {
    await handler(await decodeEvent(parts, contract, message.data));
  });
}

/** Follows every event in this process alone, from `since` on, without fetching large payloads: for live streams. */
export function observeAll(
  parts: ConsumeParts,
  since: Date,
  handler: (envelope: Envelope) => void | Promise<void>,
): void {
  const start = { deliver_policy: DeliverPolicy.StartTime, opt_start_time: since.toISOString() };
  follow(parts, `${parts.namespace}.events.>`, start, async (message) => handler(decodeEnvelope(message.data)));
}

/** An ephemeral consumer that is made anew behind the last message seen whenever it gets lost. */
function follow(
  parts: ConsumeParts,
  filterSubject: string,
  start: Partial<ConsumerConfig>,
  handle: (message: JsMsg) => Promise<void>,
): void {
  const { link, namespace, log } = parts;
  const stream = eventStream(namespace);
  let lastSequence = 0;
  const open = async () => {
    const manager = await link.connection.jetstreamManager();
    const { state } = await manager.streams.info(stream);
    // A sequence beyond the stream's end means the stream is a new one: begin as at first.
    const resume = lastSequence > 0 && lastSequence <= state.last_seq;
    const from = resume ? { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: lastSequence + 1 } : start;
    const name = `observer_${randomUUID()}`;
    await manager.consumers.add(stream, {
      name,
      filter_subject: filterSubject,
      ack_policy: AckPolicy.None,
      inactive_threshold: nanos(60_000),
      mem_storage: true,
      ...from,
    });
    return name;
  };
  void consumeForever(parts, filterSubject, open, async (message) => {
    lastSequence = message.seq;
    try {
      await handle(message);
    } catch (error) {
      log.error({ err: error, subject: message.subject }, 'an observer could not use a message');
    }
  });
}
