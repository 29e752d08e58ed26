import type { Node } from '@proxbalance/contracts';
import type { NodeSample } from '@proxbalance/proxmox';
import { evenly } from './evenly.ts';

type Metrics = Node['metrics'];
type Point = Node['trend_data']['day'][number];

/** What only the history tells of a node's present; null where it does not. */
export type Latest = {
  /** Of its newest row, Unix seconds */
  at: number;
  /** Percent of time spent waiting */
  iowait: number | null;
  /** 1-minute load average */
  load: number | null;
  /** Bytes per second */
  netIn: number | null;
  netOut: number | null;
  memAvailableBytes: number | null;
  /** ZFS cache, which gives way when memory is needed */
  arcBytes: number | null;
  pressure: NonNullable<Node['pressure']>;
};

/** What the day and week series of a node amount to. */
export type NodeHistory = Omit<Metrics, 'current_cpu' | 'current_mem' | 'current_iowait'> & {
  current_iowait: number;
  /** Absent in a history that an older version kept. */
  latest?: Latest;
  /** Whether its newest row, or one little older, is more than a gap. Absent as above. */
  isRecent?: boolean;
  points: { day: Point[]; week: Point[] };
};

export const noHistory: NodeHistory = {
  current_iowait: 0,
  avg_cpu: 0,
  max_cpu: 0,
  avg_mem: 0,
  max_mem: 0,
  avg_iowait: 0,
  max_iowait: 0,
  avg_load: 0,
  avg_cpu_week: 0,
  max_cpu_week: 0,
  avg_mem_week: 0,
  max_mem_week: 0,
  avg_iowait_week: 0,
  cpu_trend: 'stable',
  mem_trend: 'stable',
  has_historical: false,
  points: { day: [], week: [] },
};

/** The step of Proxmox VE 8: what is older than this before the newest row no longer says how things are. */
const recentMs = 30 * 60_000;

/** What is kept of a node's week until it is read again: far less than its samples. */
export type Week = { cpu: number[]; mem: number[]; iowait: number[]; points: Point[] };

export const deriveWeek = (samples: readonly NodeSample[]): Week => {
  const { cpu, mem, iowait } = series(samples);
  return { cpu, mem, iowait, points: thin(points(samples), 84) };
};

/** A sample that is absent stays absent: it never becomes a zero. */
export function deriveNodeHistory(day: readonly NodeSample[], week: Week): NodeHistory {
  const d = series(day);
  const w = orElse(week, d);
  return {
    current_iowait: d.iowait.at(-1) ?? 0,
    latest: latestOf(day),
    isRecent: recentOf(day).some((sample) => sample.cpuRatio !== null),
    avg_cpu: mean(d.cpu),
    max_cpu: peak(d.cpu),
    avg_mem: mean(d.mem),
    max_mem: peak(d.mem),
    avg_iowait: mean(d.iowait),
    max_iowait: peak(d.iowait),
    avg_load: mean(d.load),
    avg_cpu_week: mean(w.cpu),
    max_cpu_week: peak(w.cpu),
    avg_mem_week: mean(w.mem),
    max_mem_week: peak(w.mem),
    avg_iowait_week: mean(w.iowait),
    cpu_trend: label(w.cpu),
    mem_trend: label(w.mem),
    has_historical: d.cpu.length > 0,
    points: { day: thin(points(day), 96), week: week.points },
  };
}

function recentOf(day: readonly NodeSample[]): NodeSample[] {
  const newest = day.at(-1)?.at.getTime() ?? 0;
  return day.filter((sample) => newest - sample.at.getTime() <= recentMs);
}

/** The newest value of each kind that is recent. */
function latestOf(day: readonly NodeSample[]): Latest {
  const recent = recentOf(day);
  const last = (read: (sample: NodeSample) => number | null) => present(recent.map(read)).at(-1) ?? null;
  return {
    at: Math.floor((day.at(-1)?.at.getTime() ?? 0) / 1000),
    iowait: last((sample) => percent(sample.iowaitRatio)),
    load: last((sample) => sample.loadAverage),
    netIn: last((sample) => sample.netInBytesPerSecond),
    netOut: last((sample) => sample.netOutBytesPerSecond),
    memAvailableBytes: last((sample) => sample.memAvailableBytes),
    arcBytes: last((sample) => sample.arcBytes),
    pressure: {
      cpu_some: last((sample) => sample.pressure.cpuSomePercent),
      io_some: last((sample) => sample.pressure.ioSomePercent),
      io_full: last((sample) => sample.pressure.ioFullPercent),
      memory_some: last((sample) => sample.pressure.memorySomePercent),
      memory_full: last((sample) => sample.pressure.memoryFullPercent),
    },
  };
}

function series(rows: readonly NodeSample[]) {
  const samples = evenly(rows);
  return {
    load: present(samples.map((sample) => sample.loadAverage)),
    cpu: present(samples.map((sample) => percent(sample.cpuRatio))),
    mem: present(samples.map(memPercent)),
    iowait: present(samples.map((sample) => percent(sample.iowaitRatio))),
  };
}

/** A node that is too young for the week's steps is judged by its day. */
const orElse = (week: Omit<Week, 'points'>, day: Omit<Week, 'points'>): Omit<Week, 'points'> => ({
  cpu: week.cpu.length > 0 ? week.cpu : day.cpu,
  mem: week.mem.length > 0 ? week.mem : day.mem,
  iowait: week.iowait.length > 0 ? week.iowait : day.iowait,
});

function points(samples: readonly NodeSample[]): Point[] {
  return samples.flatMap((sample) => {
    const cpu = percent(sample.cpuRatio);
    const mem = memPercent(sample);
    const iowait = percent(sample.iowaitRatio);
    if (cpu === null || mem === null || iowait === null) return [];
    return [
      { time: Math.floor(sample.at.getTime() / 1000), cpu: round2(cpu), mem: round2(mem), iowait: round2(iowait) },
    ];
  });
}

/** Charts need no more points than pixels: every n-th one, the newest always. */
function thin(all: Point[], most: number): Point[] {
  const step = Math.max(1, Math.ceil(all.length / most));
  return all.filter((_, index) => (all.length - 1 - index) % step === 0);
}

/** Mean of the last fifth against mean of the first: more than 10 points apart is a trend. */
function label(values: number[]): Metrics['cpu_trend'] {
  if (values.length === 0) return 'stable';
  const fifth = Math.max(1, Math.floor(values.length / 5));
  const difference = mean(values.slice(-fifth)) - mean(values.slice(0, fifth));
  if (difference > 10) return 'rising';
  return difference < -10 ? 'falling' : 'stable';
}

const percent = (ratio: number | null): number | null => (ratio === null ? null : 100 * ratio);
const memPercent = (sample: NodeSample): number | null => memPercentOf(sample, sample.arcBytes);
/** Percent of the memory that is in use, the ZFS cache not counted where it is known. */
export const memPercentOf = (
  memory: { memUsedBytes: number | null; memTotalBytes: number | null },
  arcBytes: number | null | undefined,
): number | null =>
  memory.memUsedBytes === null || !memory.memTotalBytes
    ? null
    : (100 * Math.max(0, memory.memUsedBytes - (arcBytes ?? 0))) / memory.memTotalBytes;

const present = (values: (number | null)[]): number[] => values.filter((value) => value !== null);
const mean = (values: number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
const peak = (values: number[]): number => values.reduce((most, value) => Math.max(most, value), 0);
const round2 = (value: number): number => Math.round(value * 100) / 100;
