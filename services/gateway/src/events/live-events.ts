import { eventContract } from '@proxbalance/contracts';
import type { Bus, Envelope } from '@proxbalance/service-kit';

/** Recent events, kept for those who come back, and a place to hear new ones. */
export type LiveEvents = {
  /** Events after the one with this id; everything kept when that one is no longer there. */
  since(id: string): Envelope[];
  listen(listener: (envelope: Envelope) => void): () => void;
};

const keptMax = 2000;
const lookBackMs = 60 * 60_000;

export function followEvents(bus: Bus): LiveEvents {
  const kept: Envelope[] = [];
  const listeners = new Set<(envelope: Envelope) => void>();
  const startedAt = new Date().toISOString();
  bus.observeAll(new Date(Date.now() - lookBackMs), (envelope) => {
    const shown = withReference(envelope);
    kept.push(shown);
    if (kept.length > keptMax) kept.splice(0, kept.length - keptMax);
    // What happened before this process began is only for those who ask for what they missed.
    if (envelope.time < startedAt) return;
    for (const listener of listeners) listener(shown);
  });
  return {
    since(id) {
      const index = kept.findIndex((envelope) => envelope.id === id);
      return kept.slice(index + 1);
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** Whole states are too large to be pushed to every browser: the event says where to read them. */
function withReference(envelope: Envelope): Envelope {
  const readAt = eventContract(envelope.type)?.readAt;
  if (!readAt && !envelope.dataref) return envelope;
  const { data: _data, dataref: _dataref, ...rest } = envelope;
  return { ...rest, ...(readAt ? { dataref: readAt } : {}) };
}
