import { monitorEventLoopDelay } from 'node:perf_hooks';
import { median } from './figures.ts';

/**
 * What some work cost: its time, the longest it kept everything else in the process waiting, how much processor time of ours
 * was in the longest such stretch (the rest of it is the machine's other work), resident memory at its peak.
 */
export type Watched<T> = { value: T; ms: number; blockMs: number; busyMs: number; peakMib: number };

const resolutionMs = 1;

export async function watched<T>(work: () => Promise<T>): Promise<Watched<T>> {
  const delays = monitorEventLoopDelay({ resolution: resolutionMs });
  const probe = openProbe();
  delays.enable();
  const startedAt = performance.now();
  const value = await work();
  const ms = performance.now() - startedAt;
  // What blocks at the very end shows in the first timer after it.
  await new Promise((resolve) => setTimeout(resolve, 5 * resolutionMs));
  delays.disable();
  return { value, ms, blockMs: Math.max(0, delays.max / 1e6 - resolutionMs), ...probe.end() };
}

/** Between two of its turns lies one stretch of work, however long. */
function openProbe() {
  let busyMs = 0;
  let peakMib = 0;
  let before = threadMs();
  const look = () => {
    const now = threadMs();
    busyMs = Math.max(busyMs, now - before);
    before = now;
    peakMib = Math.max(peakMib, rssMib());
  };
  const timer = setInterval(look, resolutionMs);
  return {
    end() {
      clearInterval(timer);
      look();
      return { busyMs, peakMib };
    },
  };
}

/** One row of a table: median time, and the longest block of each round, in the middle and at worst. */
export function costRow(name: string, rounds: readonly Watched<unknown>[]): [string, string] {
  const time = median(rounds.map(({ ms }) => ms));
  const middleAndWorst = (values: number[]) => `${median(values).toFixed(1)}/${Math.max(...values).toFixed(1)}`;
  const blocks = middleAndWorst(rounds.map(({ blockMs }) => blockMs));
  const busy = middleAndWorst(rounds.map(({ busyMs }) => busyMs));
  return [name, `${time < 10 ? time.toFixed(2) : time.toFixed(0)} ms; longest block ${blocks} ms, busy ${busy} ms`];
}

const threadMs = (): number => {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1000;
};

export const rssMib = (): number => Math.round(process.memoryUsage.rss() / 2 ** 20);
