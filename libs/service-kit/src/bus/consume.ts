import type { ServiceName } from '@proxbalance/contracts';
import type { InFlight } from '../in-flight.ts';
import type { Log } from '../log.ts';
import { pause } from '../pause.ts';
import type { Scope } from '../scope.ts';
import type { Claims } from './claims.ts';
import type { NatsLink } from './connection.ts';
import type { Consumer, JsMsg } from './nats.ts';
import { ensureStreams, eventStream } from './streams.ts';

export type ConsumeParts = {
  link: NatsLink;
  claims: Claims;
  namespace: string;
  source: ServiceName;
  log: Log;
  scope: Scope;
  inFlight: InFlight;
};

/** One way to read the stream: how its consumer is made, and what happens to a message. */
export type Reading = {
  name: string;
  /** Messages taken at a time. Those that wait their turn here must not be acknowledged ones: their time runs. */
  batch: number;
  /** Makes the consumer when it is missing; returns its name. */
  open(): Promise<string>;
  /** Throwing makes the consumer anew. */
  handle(message: JsMsg): Promise<void>;
  /** Called while nothing arrives; throwing makes the consumer anew. */
  check(consumer: Consumer): Promise<unknown>;
};

const waitMs = 5000;
export const apiMaxMs = 2000;

/** Reads until the scope ends; closing waits for the message in hand. */
export function startReading(parts: ConsumeParts, reading: Reading): void {
  parts.scope.use(parts.inFlight, (it) => it.settled());
  void readForever(parts, reading);
}

/**
 * Handles messages one after another. Whatever breaks (server restart, lost consumer, wiped stream), the loop makes its
 * consumer anew and goes on.
 */
async function readForever(parts: ConsumeParts, reading: Reading): Promise<void> {
  const { link, log, namespace } = parts;
  const { signal } = parts.scope;
  const turn = { interrupted: false, stop: () => {} };
  const interrupt = () => {
    turn.interrupted = true;
    turn.stop();
  };
  const forget = link.onReconnect(interrupt);
  signal.addEventListener('abort', interrupt, { once: true });
  for (let failures = 0; !signal.aborted; ) {
    try {
      turn.interrupted = false;
      await ensureStreams(await link.connection.jetstreamManager({ timeout: apiMaxMs }), namespace);
      const jetstream = link.connection.jetstream({ timeout: apiMaxMs });
      const consumer = await jetstream.consumers.get(eventStream(namespace), await reading.open());
      while (!turn.interrupted && !signal.aborted) {
        await readBatch(parts, reading, consumer, turn);
        failures = 0;
      }
    } catch (error) {
      if (signal.aborted) break;
      const isLasting = ++failures % 20 === 0 && link.isUp();
      log[isLasting ? 'warn' : 'debug']({ err: error, consumer: reading.name }, 'consumer interrupted');
      await pause(300, signal);
    }
  }
  forget();
}

async function readBatch(
  parts: ConsumeParts,
  reading: Reading,
  consumer: Consumer,
  turn: { interrupted: boolean; stop: () => void },
): Promise<void> {
  const { signal } = parts.scope;
  const batch = await consumer.fetch({ max_messages: reading.batch, expires: waitMs });
  turn.stop = () => batch.stop();
  // It may have happened while the batch was being opened, when there was nothing to stop yet.
  if (turn.interrupted || signal.aborted) batch.stop();
  let received = 0;
  for await (const message of batch) {
    received++;
    // Given back, not kept: another replica gets it at once.
    if (signal.aborted) message.nak();
    else await parts.inFlight.track(reading.handle(message));
  }
  // A consumer that vanished answers nothing at all; asking for it turns silence into an error.
  if (received === 0 && !turn.interrupted && !signal.aborted) await reading.check(consumer);
}
