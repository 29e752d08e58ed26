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

/** Both streams, made when missing: after a wiped broker the next call brings them back. */
export async function ensureStreams(manager: JetStreamManager, namespace: string): Promise<void> {
  await ensure(manager, {
    name: eventStream(namespace),
    subjects: [`${namespace}.events.>`],
    max_age: nanos(7 * day),
    max_bytes: 1024 ** 3,
    duplicate_window: nanos(10 * minute),
  });
  await ensure(manager, {
    name: deadLetterStream(namespace),
    subjects: [`${namespace}.deadletters.>`],
    max_age: nanos(30 * day),
    max_bytes: 256 * 1024 ** 2,
  });
}

async function ensure(manager: JetStreamManager, config: Partial<StreamConfig> & { name: string }): Promise<void> {
  try {
    await manager.streams.info(config.name);
  } catch (error) {
    if (!(error instanceof NatsError) || error.api_error?.code !== 404) throw error;
    await manager.streams.add({
      retention: RetentionPolicy.Limits,
      storage: StorageType.File,
      discard: DiscardPolicy.Old,
      ...config,
    });
  }
}
