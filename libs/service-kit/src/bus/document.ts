import { RefusedError } from '@proxbalance/contracts';
import type { Log } from '../log.ts';
import { pause } from '../pause.ts';
import type { NatsLink } from './connection.ts';
import { type KV, NatsError } from './nats.ts';

/** One JSON document in a key-value bucket, with its revision. */
export type Document = { value: unknown; revision: number };

/** A shared, versioned document: one writer changes it, everyone watches it. */
export type SharedDocument = {
  read(): Promise<Document | null>;
  /** Writes only when the document is still at `revision` (0: not there yet); else refuses with `conflict`. */
  write(value: unknown, revision: number): Promise<number>;
  /** Calls with the present document and with each change, until the signal aborts. */
  watch(listener: (document: Document | null) => void, signal: AbortSignal, log: Log): void;
};

const key = 'document';

export function sharedDocument(link: NatsLink, bucket: string): SharedDocument {
  const open = (): Promise<KV> => link.connection.jetstream({ timeout: 2000 }).views.kv(bucket, { history: 20 });
  const read = async (): Promise<Document | null> => {
    const entry = await (await open()).get(key);
    return entry && entry.operation === 'PUT' ? { value: JSON.parse(entry.string()), revision: entry.revision } : null;
  };
  return {
    read: () => available(link, read),
    write: (value, revision) =>
      available(link, async () => {
        const kv = await open();
        const text = JSON.stringify(value);
        try {
          return revision === 0 ? await kv.create(key, text) : await kv.update(key, text, revision);
        } catch (error) {
          if (error instanceof NatsError && error.api_error?.err_code === wrongSequence) {
            throw new RefusedError('conflict', 'the settings were changed by somebody else meanwhile');
          }
          throw error;
        }
      }),
    watch: (listener, signal, log) => void watchForever(link, open, read, listener, signal, log),
  };
}

/** JetStream's "wrong last sequence". */
const wrongSequence = 10071;

async function available<T>(link: NatsLink, work: () => Promise<T>): Promise<T> {
  if (!link.isUp()) throw new RefusedError('broker-unavailable', 'NATS is not reachable');
  try {
    return await work();
  } catch (error) {
    if (error instanceof NatsError) throw new RefusedError('broker-unavailable', `NATS: ${error.message}`);
    throw error;
  }
}

async function watchForever(
  link: NatsLink,
  open: () => Promise<KV>,
  read: () => Promise<Document | null>,
  listener: (document: Document | null) => void,
  signal: AbortSignal,
  log: Log,
): Promise<void> {
  let seen = -1;
  const tell = (document: Document | null) => {
    if ((document?.revision ?? 0) === seen) return;
    seen = document?.revision ?? 0;
    listener(document);
  };
  while (!signal.aborted) {
    try {
      tell(await read());
      const changes = await (await open()).watch({ key });
      const end = () => changes.stop();
      signal.addEventListener('abort', end, { once: true });
      link.onReconnect(end);
      for await (const entry of changes) {
        tell(entry.operation === 'PUT' ? { value: JSON.parse(entry.string()), revision: entry.revision } : null);
      }
      signal.removeEventListener('abort', end);
    } catch (error) {
      log.debug({ err: error }, 'settings watch interrupted');
      await pause(500, signal);
    }
  }
}
