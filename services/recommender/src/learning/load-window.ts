import type { ScoreRow } from '@proxbalance/engine';
import type { HistoryStore, Position } from './history-store.ts';
import type { ScoreRecord } from './score-record.ts';

/** The load of nodes over the last week, an hour to a row: what forecasts and the seasonal baseline are made of. */
export type LoadWindow = {
  /** Reads what was appended since, by whichever replica. */
  follow(now: number): Promise<void>;
  /** Oldest first; none before all of it was read once. A stretch with many generations counts no more than one with few. */
  rows(): ScoreRow[];
};

const hourMs = 3_600_000;
const windowHours = 168;

type Sums = { cpu: number; mem: number; count: number };
type Hour = { at: number; count: number; first: number; last: number; nodes: Map<string, Sums>; row: ScoreRow | null };

export function openLoadWindow(store: HistoryStore): LoadWindow {
  const hours = new Map<number, Hour>();
  let position: Position | null = null;
  let following: Promise<void> | null = null;

  const readOn = async (now: number) => {
    const from = now - windowHours * hourMs;
    // A first reading that broke off begins anew.
    if (position === null) hours.clear();
    let reached = position;
    for await (const page of position === null ? store.read(from, now) : store.after(position)) {
      for (const record of page.records) add(hours, record);
      reached = page.position;
      if (position !== null) position = reached;
    }
    position = reached;
    for (const hour of hours.keys()) if (hour + hourMs < from) hours.delete(hour);
  };
  return {
    follow(now) {
      following ??= readOn(now).finally(() => {
        following = null;
      });
      return following;
    },
    rows: () => (position === null ? [] : [...hours].sort(([a], [b]) => a - b).map(([, hour]) => rowOf(hour))),
  };
}

function add(hours: Map<number, Hour>, { at, nodes }: ScoreRecord): void {
  const key = Math.floor(at / hourMs) * hourMs;
  const hour = hours.get(key) ?? { at: 0, count: 0, first: at, last: at, nodes: new Map(), row: null };
  hours.set(key, hour);
  hour.at += at;
  hour.count += 1;
  hour.first = Math.min(hour.first, at);
  hour.last = Math.max(hour.last, at);
  hour.row = null;
  for (const [name, [, cpu, mem]] of Object.entries(nodes)) {
    const sums = hour.nodes.get(name) ?? { cpu: 0, mem: 0, count: 0 };
    hour.nodes.set(name, sums);
    sums.cpu += cpu;
    sums.mem += mem;
    sums.count += 1;
  }
}

function rowOf(hour: Hour): ScoreRow {
  hour.row ??= {
    at: hour.at / hour.count / 1000,
    span: [hour.first / 1000, hour.last / 1000],
    nodes: Object.fromEntries(
      [...hour.nodes].map(([name, { cpu, mem, count }]) => [name, { cpu: cpu / count, mem: mem / count }]),
    ),
  };
  return hour.row;
}
