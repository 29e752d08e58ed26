import type { Guest, Load, LoadChange, Stretch } from './guest.ts';
import { wander } from './noise.ts';

/** What one guest uses at one instant. Counters count from the start of the current QEMU process or container. */
export interface GuestSample {
  running: boolean;
  node: string;
  uptimeS: number;
  /** Fraction of the guest's own vCPUs. */
  cpu: number;
  memBytes: number;
  netInBytes: number;
  netOutBytes: number;
  diskReadBytes: number;
  diskWriteBytes: number;
}

const DAY_MS = 86_400_000;
/** The busiest hour of the day, UTC; guests spread up to two hours around it. */
const PEAK_MS = 14 * 3_600_000;
const NOISE_PERIOD_MS = 300_000;

export function sampleGuest(guest: Guest, atMs: number): GuestSample {
  const stretch = stretchAt(guest, atMs);
  if (!stretch.running) return { ...IDLE, node: stretch.node };
  const load = loadAt(guest, atMs);
  const traffic = trafficOf(guest, stretch.startedMs, atMs);
  return {
    running: true,
    node: stretch.node,
    uptimeS: Math.max(0, Math.floor((atMs - stretch.startedMs) / 1000)),
    cpu: cpuAt(guest, load, atMs),
    memBytes: memAt(guest, load, atMs),
    netInBytes: Math.round(traffic.netIn),
    netOutBytes: Math.round(traffic.netOut),
    diskReadBytes: Math.round(traffic.diskRead),
    diskWriteBytes: Math.round(traffic.diskWrite),
  };
}

const IDLE: GuestSample = {
  running: false,
  node: '',
  uptimeS: 0,
  cpu: 0,
  memBytes: 0,
  netInBytes: 0,
  netOutBytes: 0,
  diskReadBytes: 0,
  diskWriteBytes: 0,
};

/** cpu(t) = base * (1 + amplitude * cos(day)) + noise, within 0..1, nine decimals. */
export function cpuAt(guest: Guest, load: Load, atMs: number): number {
  const swing = load.dailyAmplitude === 0 ? 1 : 1 + load.dailyAmplitude * dayCurve(guest, atMs);
  const noise = load.noise === 0 ? 0 : load.noise * load.cpu * wander(guest.seed, atMs, NOISE_PERIOD_MS);
  return Math.round(Math.min(1, Math.max(0, load.cpu * swing + noise)) * 1e9) / 1e9;
}

/** Memory moves far less than CPU: a tenth of the noise, none without it. Never above the guest's size. */
export function memAt(guest: Guest, load: Load, atMs: number): number {
  if (load.noise === 0) return load.memUsedBytes;
  const factor = 1 + 0.1 * load.noise * wander(guest.seed + 7, atMs, NOISE_PERIOD_MS * 12);
  return Math.round(Math.min(guest.memBytes, load.memUsedBytes * factor));
}

/** Traffic follows the day like the CPU does: the factor on the four byte rates. */
export function trafficFactor(guest: Guest, load: Load, atMs: number): number {
  return 1 + load.dailyAmplitude * dayCurve(guest, atMs);
}

export function stretchAt(guest: Guest, atMs: number): Stretch {
  return latest(guest.stretches, atMs);
}

export function loadAt(guest: Guest, atMs: number): Load {
  return loadChangeAt(guest, atMs).load;
}

/** The load together with the number of vCPUs it is a fraction of. */
export function loadChangeAt(guest: Guest, atMs: number): LoadChange {
  return latest(guest.loads, atMs);
}

function latest<T extends { fromMs: number }>(items: T[], atMs: number): T {
  for (let index = items.length - 1; index > 0; index -= 1) {
    const item = items[index];
    if (item && item.fromMs <= atMs) return item;
  }
  const first = items[0];
  if (!first) throw new Error('a guest always has a first stretch and a first load');
  return first;
}

function dayCurve(guest: Guest, atMs: number): number {
  return Math.cos((2 * Math.PI * (atMs - PEAK_MS - phaseMs(guest))) / DAY_MS);
}

/** Bytes moved in a stretch of time: the sum over the loads that applied in it. */
function trafficOf(guest: Guest, fromMs: number, toMs: number) {
  const total = { netIn: 0, netOut: 0, diskRead: 0, diskWrite: 0 };
  guest.loads.forEach(({ fromMs: sinceMs, load }, index) => {
    const beginMs = index === 0 ? fromMs : Math.max(fromMs, sinceMs);
    const endMs = Math.min(toMs, guest.loads[index + 1]?.fromMs ?? toMs);
    if (endMs <= beginMs) return;
    const busyS = (endMs - beginMs) / 1000 + daySwingS(guest, load, beginMs, endMs);
    total.netIn += load.netInBps * busyS;
    total.netOut += load.netOutBps * busyS;
    total.diskRead += load.diskReadBps * busyS;
    total.diskWrite += load.diskWriteBps * busyS;
  });
  return total;
}

/** Integral of amplitude * dayCurve over the run, in seconds: closed form, so that counters need no ticking. */
function daySwingS(guest: Guest, load: Load, fromMs: number, toMs: number): number {
  if (load.dailyAmplitude === 0) return 0;
  const sine = (atMs: number) => Math.sin((2 * Math.PI * (atMs - PEAK_MS - phaseMs(guest))) / DAY_MS);
  return (load.dailyAmplitude * (sine(toMs) - sine(fromMs)) * DAY_MS) / 1000 / (2 * Math.PI);
}

function phaseMs(guest: Guest): number {
  return ((guest.seed % 241) - 120) * 60_000;
}
