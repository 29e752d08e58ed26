import { pause } from './pause.ts';

/** Work that has begun and is waited for at the end, but never for long. */
export type InFlight = {
  track<T>(work: Promise<T>): Promise<T>;
  /** Resolves when all of it has ended, or when its time is up: one period of grace from the moment closing began. */
  settled(): Promise<void>;
};

export function openInFlight(signal: AbortSignal, graceMs = 2000): InFlight {
  const works = new Set<Promise<unknown>>();
  let endsAt = 0;
  signal.addEventListener(
    'abort',
    () => {
      endsAt = Date.now() + graceMs;
    },
    { once: true },
  );
  return {
    async track(work) {
      works.add(work);
      try {
        return await work;
      } finally {
        works.delete(work);
      }
    },
    async settled() {
      if (works.size === 0) return;
      const patience = new AbortController();
      const leftMs = endsAt === 0 ? graceMs : Math.max(0, endsAt - Date.now());
      await Promise.race([Promise.allSettled(works), pause(leftMs, patience.signal)]);
      patience.abort();
    },
  };
}
