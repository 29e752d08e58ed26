import type { GuestSample, NodeSample } from '@proxbalance/proxmox';
import { memPercentOf } from '../derive/node-history.ts';
import type { PastRow } from './backfill.ts';

const mib = 2 ** 20;
const secondsOf = (at: Date): number => Math.floor(at.getTime() / 1000);
const percent = (ratio: number | null): number => (ratio === null ? NaN : 100 * ratio);
const orNaN = (value: number | null): number => value ?? NaN;
const inMib = (bytes: number | null): number => orNaN(bytes) / mib;

/** A row of a node as Proxmox tells it, in the order of `nodeFields`. */
export const pastOfNode = (row: NodeSample): PastRow => ({
  end: secondsOf(row.at),
  values: [
    percent(row.cpuRatio),
    orNaN(memPercentOf(row, row.arcBytes)),
    percent(row.iowaitRatio),
    orNaN(row.loadAverage),
    inMib(row.netInBytesPerSecond),
    inMib(row.netOutBytesPerSecond),
    orNaN(row.pressure.cpuSomePercent),
    orNaN(row.pressure.ioSomePercent),
    orNaN(row.pressure.memorySomePercent),
  ],
});

/** A row of a guest, in the order of `guestFields`. One that was off has neither load nor memory: nothing was measured. */
export const pastOfGuest = (row: GuestSample): PastRow => ({
  end: secondsOf(row.at),
  values: [
    percent(row.cpuRatio),
    // Nothing that runs takes none at all.
    memPercentOf(row, 0) || NaN,
    inMib(row.diskReadBytesPerSecond),
    inMib(row.diskWriteBytesPerSecond),
    inMib(row.netInBytesPerSecond),
    inMib(row.netOutBytesPerSecond),
  ],
});
