import type { OutcomeInput } from '../outcomes/judge-outcome.ts';
import type { Look, NodeLook } from '../outcomes/look.ts';

/* Builders for tests of outcomes: nodes of 16 threads and 64 GiB, guests by what they take of them, in points. */

const threads = 16;
const memBytes = 64 * 2 ** 30;
export const completedAt = Date.parse('2026-02-08T10:00:00Z');
const startedAt = completedAt - 60_000;
const minute = 60_000;

/** Points of CPU and memory, two where they differ; null: unknown. */
type Share = number | [number, number] | null;
type End = { cpu: number | null; mem: number | null; guests: Record<string, Share> };
export type Ends = { source: End; target: End };

export const aLook = ({ source, target }: Ends, at: number): Look => ({
  at,
  source: endOf(source),
  target: endOf(target),
});

/** A move that was looked at when it should be, and was the same after five minutes as after a day. */
export const outcomeOf = (was: Ends, is: Ends, more: Partial<OutcomeInput> = {}): OutcomeInput => ({
  vmid: 100,
  startedAt,
  completedAt,
  before: aLook(was, startedAt - 1000),
  initial: { afterMs: 5 * minute, lateMs: 5 * minute, look: aLook(is, completedAt + 5 * minute) },
  sustained: { afterMs: 1440 * minute, lateMs: 60 * minute, look: aLook(is, completedAt + 1440 * minute) },
  ...more,
});

const endOf = ({ cpu, mem, guests }: End): NodeLook => ({
  cpu,
  mem,
  threads,
  memBytes,
  guests: Object.fromEntries(Object.entries(guests).map(([vmid, share]) => [vmid, guestOf(share)])),
});

const guestOf = (share: Share) => {
  if (share === null) return { cores: null, memBytes: null };
  const [cpu, mem] = Array.isArray(share) ? share : [share, share];
  return { cores: (cpu * threads) / 100, memBytes: (mem * memBytes) / 100 };
};
