import { randomUUID } from 'node:crypto';
import { type DataOf, type EventContract, eventSubject, RefusedError, type ServiceName } from '@proxbalance/contracts';
import { pause } from '../pause.ts';
import { traceCarrier } from '../trace.ts';
import { type Claims, inlineMaxBytes } from './claims.ts';
import type { NatsLink } from './connection.ts';
import { toEnvelope } from './envelope.ts';
import { headers } from './nats.ts';
import { ensureStreams } from './streams.ts';

export type PublishOptions = {
  /** The same id is stored once: give one that follows from the fact, and publishing can be repeated. */
  id?: string;
  /** What the fact is about: a vmid, a node. */
  subject?: string;
};

/**
 * Publishes a fact and waits until the stream has stored it. Tries for about five seconds, always with the same id;
 * then refuses with `broker-unavailable`.
 */
export function publisher(parts: { link: NatsLink; claims: Claims; namespace: string; source: ServiceName }) {
  const { link, claims, namespace, source } = parts;
  return async <C extends EventContract>(contract: C, data: DataOf<C>, options: PublishOptions = {}): Promise<void> => {
    const id = options.id ?? randomUUID();
    const carrier = traceCarrier();
    const envelope = toEnvelope(contract, data, {
      id,
      source,
      namespace,
      subject: options.subject,
      traceparent: carrier['traceparent'],
    });
    let body = Buffer.from(JSON.stringify(envelope));
    let stored = body.length <= inlineMaxBytes;
    for (let attempt = 1; ; attempt++) {
      try {
        if (!stored) {
          const dataref = await claims.put(Buffer.from(JSON.stringify(data)), contract.type);
          body = Buffer.from(JSON.stringify({ ...envelope, data: undefined, dataref }));
          stored = true;
        }
        const head = headers();
        for (const [name, value] of Object.entries(carrier)) head.set(name, value);
        await link.connection
          .jetstream()
          .publish(eventSubject(namespace, contract), body, { msgID: id, headers: head, timeout: 1500 });
        return;
      } catch (error) {
        if (attempt >= 4 || link.connection.isClosed()) {
          throw new RefusedError(
            'broker-unavailable',
            `NATS did not store ${contract.type}: ${(error as Error).message}`,
          );
        }
        await pause(150 * attempt);
        await restoreStreams(link, namespace);
      }
    }
  };
}

/** No stream answers after a wiped broker; making it anew is worth one try before the next publish. */
async function restoreStreams(link: NatsLink, namespace: string): Promise<void> {
  if (!link.isUp()) return;
  const manager = await link.connection.jetstreamManager({ timeout: 1500 }).catch(() => undefined);
  if (manager) await ensureStreams(manager, namespace).catch(() => undefined);
}
