import type { ResourceGuest } from '@proxbalance/proxmox';

/** Counters of a guest at one moment: uptime seconds, then bytes read, written, received, sent. */
export type Counters = [uptime: number, read: number, written: number, received: number, sent: number];

/** Bytes per second. */
export type Rates = { diskRead: number; diskWrite: number; netIn: number; netOut: number };

export function readCounters(row: ResourceGuest): Counters | null {
  const { uptimeSeconds, diskReadBytes, diskWrittenBytes, netInBytes, netOutBytes } = row;
  if (row.status !== 'running' || uptimeSeconds === null || diskReadBytes === null || diskWrittenBytes === null)
    return null;
  if (netInBytes === null || netOutBytes === null) return null;
  return [uptimeSeconds, diskReadBytes, diskWrittenBytes, netInBytes, netOutBytes];
}

/**
 * Rates between two readings, over the guest's own uptime. Counters start anew with the guest and after a live
 * migration: no rate then, and none when Proxmox has not taken a new sample (null: keep the last one).
 */
export function ratesBetween(before: Counters | undefined, now: Counters | null): Rates | null {
  if (!before || !now) return null;
  const seconds = now[0] - before[0];
  if (seconds <= 0 || now.some((value, index) => value < (before[index] ?? 0))) return null;
  const rate = (index: 1 | 2 | 3 | 4) => (now[index] - before[index]) / seconds;
  return { diskRead: rate(1), diskWrite: rate(2), netIn: rate(3), netOut: rate(4) };
}
