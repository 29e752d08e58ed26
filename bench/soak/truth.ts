import { setTimeout as sleep } from 'node:timers/promises';
import { configHolds, liveHolds } from './holds.ts';
import type { Fault, SimulatorState } from './simulator.ts';

/** One guest as it really is. `live`, `config`: what keeps it where it is, by the cluster and by its configuration. */
export type GuestTruth = { vmid: number; node: string; tags: string; live: string; config: string };

/** The cluster at one moment of real time. */
export type Moment = {
  atMs: number;
  quorate: boolean;
  nodes: ReadonlyMap<string, string>;
  guests: ReadonlyMap<number, GuestTruth>;
  faults: readonly Fault[];
};

export type Truth = {
  latest(): Moment;
  /** Moments of a stretch of time; null when too few were seen to say what was so all along. */
  during(fromMs: number, toMs: number): readonly Moment[] | null;
  /** Seconds of real time that the record covers. */
  seconds(): number;
};

const everyMs = 250;
/** A guest's configuration is read anew after half an hour at the latest; nothing looks back further. */
const keepMs = 35 * 60_000;
const holeMaxMs = 700;

/** Looks at the simulator's truth four times a second, until the signal. */
export async function recordTruth(read: () => Promise<SimulatorState>, signal: AbortSignal): Promise<Truth> {
  const moments: Moment[] = [await momentOf(read, undefined)];
  void (async () => {
    while (!signal.aborted) {
      await sleep(everyMs);
      const moment = await momentOf(read, moments.at(-1)).catch(() => null);
      if (moment) moments.push(moment);
      while ((moments[0]?.atMs ?? 0) < Date.now() - keepMs) moments.shift();
    }
  })();
  return {
    latest: () => moments.at(-1) as Moment,
    seconds: () => ((moments.at(-1)?.atMs ?? 0) - (moments[0]?.atMs ?? 0)) / 1000,
    during(fromMs, toMs) {
      const first = moments.findIndex(({ atMs }) => atMs >= fromMs);
      const next = moments.findIndex(({ atMs }) => atMs > toMs);
      if (first < 0) return null;
      const found = moments.slice(first, next < 0 ? undefined : next);
      const times = [fromMs, ...found.map(({ atMs }) => atMs), toMs];
      const isWhole = times.every((at, index) => index === 0 || at - (times[index - 1] ?? 0) <= holeMaxMs);
      return found.length > 0 && isWhole ? found : null;
    },
  };
}

async function momentOf(read: () => Promise<SimulatorState>, before: Moment | undefined): Promise<Moment> {
  const askedAt = Date.now();
  const state = await read();
  const nodes = new Map(state.nodes.map(({ name, status }) => [name, status]));
  const guests = state.guests.map((guest): GuestTruth => {
    const truth = {
      vmid: guest.vmid,
      node: guest.node,
      tags: [...guest.tags].sort().join(';'),
      live: liveHolds(guest, nodes, state.faults).join(', '),
      config: configHolds(guest).join(', '),
    };
    // Most stay as they were: one object for all that time.
    const known = before?.guests.get(guest.vmid);
    return known && JSON.stringify(known) === JSON.stringify(truth) ? known : truth;
  });
  return {
    atMs: (askedAt + Date.now()) / 2,
    quorate: state.quorate,
    nodes,
    guests: new Map(guests.map((guest) => [guest.vmid, guest])),
    faults: state.faults,
  };
}
