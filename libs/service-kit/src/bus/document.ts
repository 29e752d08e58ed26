import { RefusedError } from '@proxbalance/contracts';
import type { Log } from '../log.ts';
import { pause } from '../pause.ts';
import type { NatsLink } from './connection.ts';
import { type KV, type KvEntry, NatsError } from './nats.ts';

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
/** JetStream's "wrong last sequence". */
const wrongSequence = 10071;

export function sharedDocument(link: NatsLink, bucket: string): SharedDocument {
  const open = (): Promise<KV> => link.connection.jetstream({ timeout: 2000 }).views.kv(bucket, { history: 20 });
  return {
    read: () =>
      available(link, async () => {
        const entry = await present(await open());
        return entry && { value: JSON.parse(entry.string()), revision: entry.revision };
      }),
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
    watch: (listener, signal, log) => void watchForever(link, open, onlyNews(listener, log), signal, log),
  };
}

async function present(kv: KV): Promise<KvEntry | null> {
  const entry = await kv.get(key);
  return entry?.operation === 'PUT' ? entry : null;
}

async function available<T>(link: NatsLink, work: () => Promise<T>): Promise<T> {
  if (!link.isUp()) throw new RefusedError('broker-unavailable', 'NATS is not reachable');
  try {
    return await work();
  } catch (error) {
    if (error instanceof NatsError) throw new RefusedError('broker-unavailable', `NATS: ${error.message}`);
    throw error;
  }
}

/** Passes on what differs from the last: in a wiped store, revisions begin anew. A listener that throws is its own problem. */
function onlyNews(listener: (document: Document | null) => void, log: Log): (entry: KvEntry | null) => void {
  let last: string | undefined;
  return (entry) => {
    const text = entry?.operation === 'PUT' ? entry.string() : null;
    const seen = entry && text !== null ? `${entry.revision} ${text}` : '';
    if (seen === last) return;
    last = seen;
    try {
      listener(entry && text !== null ? { value: JSON.parse(text), revision: entry.revision } : null);
    } catch (error) {
      log.error({ err: error }, 'a change of a shared document could not be used');
    }
  };
}

async function watchForever(
  link: NatsLink,
  open: () => Promise<KV>,
  tell: (entry: KvEntry | null) => void,
  signal: AbortSignal,
  log: Log,
): Promise<void> {
  const turn = { interrupted: false, stop: () => {} };
  const interrupt = () => {
    turn.interrupted = true;
    turn.stop();
  };
  const forget = link.onReconnect(interrupt);
  signal.addEventListener('abort', interrupt, { once: true });
  while (!signal.aborted) {
    try {
      turn.interrupted = false;
      const kv = await open();
      tell(await present(kv));
      const changes = await kv.watch({ key });
      turn.stop = () => changes.stop();
      // It may have happened while there was nothing to stop yet.
      if (turn.interrupted || signal.aborted) changes.stop();
      for await (const entry of changes) tell(entry);
    } catch (error) {
      log.debug({ err: error }, 'settings watch interrupted');
      await pause(300, signal);
    }
  }
  forget();
  signal.removeEventListener('abort', interrupt);
}
