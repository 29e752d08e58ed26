import { eventContract } from '@proxbalance/contracts';
import type { Bus, Envelope } from '@proxbalance/service-kit';

/** An event as it leaves in a stream: written once, however many read it. */
export type LiveEvent = { id: string; type: string; block: string };

/** Recent events, kept for those who come back, and a place to hear new ones. */
export type LiveEvents = {
  /**
   * Everything from now on, in order. With `lastId` also what came after that event; everything kept, when it is not
   * known here. Returns what ends it.
   */
  follow(lastId: string | undefined, listener: (event: LiveEvent) => void): () => void;
};

export type LiveEventsOptions = { keptMax?: number; keptMaxChars?: number; now?: () => number };

const lookBackMs = 60 * 60_000;
/** After this, what arrives is news whatever its time says: clocks differ. */
const catchUpMs = 10_000;

export function followEvents(bus: Pick<Bus, 'observeAll'>, options: LiveEventsOptions = {}): LiveEvents {
  const { keptMax = 2000, keptMaxChars = 16 * 1024 ** 2, now = Date.now } = options;
  const kept: LiveEvent[] = [];
  let keptChars = 0;
  const listeners = new Map<(event: LiveEvent) => void, { wantsOld: boolean }>();
  const startedMs = now();
  bus.observeAll(new Date(startedMs - lookBackMs), (envelope) => {
    const event = toLiveEvent(envelope);
    keptChars += event.block.length;
    kept.push(event);
    while (kept.length > keptMax || keptChars > keptMaxChars) keptChars -= kept.shift()?.block.length ?? 0;
    // What happened before this process began is only for those who ask for what they missed.
    const isOld = Date.parse(envelope.time) < startedMs && now() < startedMs + catchUpMs;
    for (const [listener, { wantsOld }] of listeners) if (wantsOld || !isOld) listener(event);
  });
  return {
    follow(lastId, listener) {
      if (lastId !== undefined) {
        const index = kept.findIndex((event) => event.id === lastId);
        for (const event of kept.slice(index + 1)) listener(event);
      }
      listeners.set(listener, { wantsOld: lastId !== undefined });
      return () => void listeners.delete(listener);
    },
  };
}

function toLiveEvent(envelope: Envelope): LiveEvent {
  const { id, type } = envelope;
  const lines = [`id: ${oneLine(id)}`, `event: ${oneLine(type)}`, `data: ${JSON.stringify(withReference(envelope))}`];
  return { id, type, block: `${lines.join('\n')}\n\n` };
}

/** A line break would end the field and begin another one. */
const oneLine = (text: string): string => text.replaceAll(/[\r\n\0]/g, ' ');

/** Whole states are too large to be pushed to every browser: the event says where to read them. */
function withReference(envelope: Envelope): Envelope {
  const readAt = eventContract(envelope.type)?.readAt;
  if (!readAt && !envelope.dataref) return envelope;
  const { data: _data, dataref: _dataref, ...rest } = envelope;
  return { ...rest, ...(readAt ? { dataref: readAt } : {}) };
}
