import { allEventsSubject } from '@proxbalance/contracts';
import type { Log } from '../log.ts';
import { pause } from '../pause.ts';
import type { NatsLink } from './connection.ts';
import {
  AckPolicy,
  DiscardPolicy,
  type JetStreamManager,
  NatsError,
  nanos,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from './nats.ts';

const minute = 60_000;
const day = 24 * 60 * minute;

export const eventStream = (namespace: string) => `${namespace.toUpperCase()}_EVENTS`;
export const deadLetterStream = (namespace: string) => `${namespace.toUpperCase()}_DEADLETTERS`;
export const deadLetterSubject = (namespace: string, durable: string) => `${namespace}.deadletters.${durable}`;
export const explicitAck = AckPolicy.Explicit;

/**
 * Both streams, made when missing: after a wiped broker the next call brings them back. Large payloads lie elsewhere, so
 * a week fits many times; the server reserves this space at once.
 */
export async function ensureStreams(manager: JetStreamManager, namespace: string): Promise<void> {
  await ensure(manager, {
    name: eventStream(namespace),
    subjects: [allEventsSubject(namespace)],
    max_age: nanos(7 * day),
    max_bytes: 256 * 1024 ** 2,
    duplicate_window: nanos(10 * minute),
  });
  await ensure(manager, {
    name: deadLetterStream(namespace),
    subjects: [`${namespace}.deadletters.>`],
    max_age: nanos(30 * day),
    max_bytes: 32 * 1024 ** 2,
  });
}

/** At start: a server may take connections before its streams answer, and JetStream may have to be turned on first. */
export async function awaitStreams(link: NatsLink, namespace: string, log: Log, signal: AbortSignal): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await ensureStreams(await link.connection.jetstreamManager({ timeout: 2000 }), namespace);
    } catch (error) {
      signal.throwIfAborted();
      if (attempt % 20 === 0) log.warn({ err: error }, 'waiting for JetStream');
      await pause(250, signal);
    }
  }
}

/** After "nobody stored it": a stream that is gone is made anew, so that the next try finds it. */
export async function restoreStreams(link: NatsLink, namespace: string): Promise<void> {
  if (!link.isUp()) return;
  const manager = await link.connection.jetstreamManager({ timeout: 1500 }).catch(() => undefined);
  if (manager) await ensureStreams(manager, namespace).catch(() => undefined);
}

export const isNotFound = (error: unknown): boolean => error instanceof NatsError && error.api_error?.code === 404;

async function ensure(manager: JetStreamManager, config: Partial<StreamConfig> & { name: string }): Promise<void> {
  try {
    await manager.streams.info(config.name);
  } catch (error) {
    if (!isNotFound(error)) throw error;
    await manager.streams.add({
      retention: RetentionPolicy.Limits,
      storage: StorageType.File,
      discard: DiscardPolicy.Old,
      ...config,
    });
  }
}
