/** Paths that are no template are anybody's invention: past this many they are counted together. */
const ENTRIES_MAX = 500;

interface Entry {
  count: number;
  msSum: number;
  msMax: number;
}

export interface RequestLog {
  /** Counts a request as begun; the returned function ends it. */
  begin(port: number, method: string, path: string): () => void;
  summary(): unknown;
  reset(): void;
}

/** Who asked what, how often and how many at once: for tests of a client's manners. */
export function createRequestLog(): RequestLog {
  const entries = new Map<string, Entry>();
  const running = new Map<number, number>();
  const underWay = new Map<string, number>();
  const most = new Map<number, number>();
  return {
    begin(port, method, path) {
      const startMs = performance.now();
      const now = (running.get(port) ?? 0) + 1;
      running.set(port, now);
      most.set(port, Math.max(most.get(port) ?? 0, now));
      const own = `${method} ${path}`;
      underWay.set(own, (underWay.get(own) ?? 0) + 1);
      let ended = false;
      return () => {
        if (ended) return;
        ended = true;
        running.set(port, (running.get(port) ?? 1) - 1);
        countDown(underWay, own);
        const key = entries.has(own) || entries.size < ENTRIES_MAX ? own : `${method} (others)`;
        const entry = entries.get(key) ?? { count: 0, msSum: 0, msMax: 0 };
        const ms = performance.now() - startMs;
        entries.set(key, {
          count: entry.count + 1,
          msSum: entry.msSum + ms,
          msMax: Math.max(entry.msMax, ms),
        });
      };
    },
    summary() {
      const by = [...entries].map(([key, { count, msSum, msMax }]) => {
        const [method = '', path = ''] = key.split(' ');
        return { method, path, count, ms_mean: round(msSum / count), ms_max: round(msMax) };
      });
      const total = by.reduce((sum, entry) => sum + entry.count, 0);
      return {
        total,
        by: by.sort((left, right) => right.count - left.count),
        under_way: [...underWay.keys()],
        max_concurrent_per_host: Object.fromEntries([...most].map(([port, count]) => [`127.0.0.1:${port}`, count])),
      };
    },
    reset() {
      entries.clear();
      most.clear();
    },
  };
}

function countDown(counts: Map<string, number>, key: string): void {
  const left = (counts.get(key) ?? 1) - 1;
  if (left > 0) counts.set(key, left);
  else counts.delete(key);
}

function round(ms: number): number {
  return Math.round(ms * 100) / 100;
}
