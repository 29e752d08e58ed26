import type { DataOf, EventContract } from '@proxbalance/contracts';
import type { Envelope } from '@proxbalance/service-kit';

/** Reads the live stream as a browser would, and keeps what it saw. */
export type EventReader = AsyncDisposable & {
  seen: Envelope[];
  /** Events of one type, in order; only those whose data `matches`. */
  of<C extends EventContract>(contract: C, matches?: (data: DataOf<C>) => boolean): (Envelope & { data: DataOf<C> })[];
};

/** Resolves when the stream is open: what happens from now on is seen. `lastEventId` also brings what was missed. */
export async function openEvents(url: string, { types = '*', lastEventId = '' } = {}): Promise<EventReader> {
  const stop = new AbortController();
  const answer = await fetch(`${url}/api/events?types=${types}`, {
    signal: stop.signal,
    headers: lastEventId === '' ? {} : { 'last-event-id': lastEventId },
  });
  if (!answer.ok || !answer.body) throw new Error(`the event stream answered ${answer.status}`);
  const seen: Envelope[] = [];
  // It ends when this reader is closed or the gateway dies; neither is an error here.
  const reading = readBlocks(answer.body, seen).catch(() => undefined);
  return {
    seen,
    of: <C extends EventContract>(contract: C, matches: (data: DataOf<C>) => boolean = () => true) =>
      seen
        .filter((envelope): envelope is Envelope & { data: DataOf<C> } => envelope.type === contract.type)
        .filter(({ data }) => matches(data)),
    async [Symbol.asyncDispose]() {
      stop.abort();
      await reading;
    },
  };
}

async function readBlocks(body: ReadableStream<Uint8Array>, seen: Envelope[]): Promise<void> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const chunk of body) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const data = /^data: (.*)$/m.exec(text.slice(0, end))?.[1];
      if (data) seen.push(JSON.parse(data));
      text = text.slice(end + 2);
    }
  }
}
