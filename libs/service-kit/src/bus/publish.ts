import { randomUUID } from 'node:crypto';
import { type DataOf, type EventContract, eventSubject, RefusedError, type ServiceName } from '@proxbalance/contracts';
import { pause } from '../pause.ts';
import { traceCarrier } from '../trace.ts';
import type { Claims } from './claims.ts';
import type { NatsLink } from './connection.ts';
import { contextHeaders } from './context-headers.ts';
import { envelopeText, toEnvelope } from './envelope.ts';
import { Packed, packChecked } from './packed.ts';
import { restoreStreams } from './streams.ts';

export type PublishOptions = {
  /** The same id is stored once: give one that follows from the fact, and publishing can be repeated. */
  id?: string;
  /** What the fact is about: a vmid, a node. */
  subject?: string;
};

const patienceMs = 5000;
const answerMaxMs = 1500;

/**
 * Publishes a fact and waits until the stream has stored it. Tries for about five seconds, always with the same id;
 * then refuses with `broker-unavailable`. What was refused may have been stored all the same, when only the answer got
 * lost: repeating it with the same id is safe for ten minutes. Data that breaks the contract is a `TypeError`, told here
 * rather than dropped by every reader.
 */
export function publisher(parts: { link: NatsLink; claims: Claims; namespace: string; source: ServiceName }) {
  const { link, claims, namespace, source } = parts;
  return async <C extends EventContract>(
    contract: C,
    data: DataOf<C> | Packed<C['schema']>,
    options: PublishOptions = {},
  ): Promise<void> => {
    const { body } = data instanceof Packed ? data : await packChecked(contract.type, contract.schema, data);
    const id = options.id ?? randomUUID();
    const { subject } = options;
    const envelope = toEnvelope(contract, {
      id,
      source,
      namespace,
      subject,
      traceparent: traceCarrier().traceparent,
    });
    const compose = async () => {
      if (typeof body === 'string') return envelopeText(envelope, body);
      return JSON.stringify({ ...envelope, dataref: await claims.put(body, contract.type) });
    };
    const deadline = Date.now() + patienceMs;
    let message: string | undefined;
    for (;;) {
      try {
        if (!link.isUp()) throw new Error('not connected');
        message ??= await compose();
        await link.connection.jetstream().publish(eventSubject(namespace, contract), message, {
          msgID: id,
          headers: contextHeaders(),
          timeout: answerMaxMs,
        });
        return;
      } catch (error) {
        if (Date.now() > deadline || link.connection.isClosed()) {
          throw new RefusedError(
            'broker-unavailable',
            `NATS did not store ${contract.type}: ${(error as Error).message}`,
          );
        }
        await pause(200);
        await restoreStreams(link, namespace);
      }
    }
  };
}
