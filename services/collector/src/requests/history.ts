import type { GuestTrend } from '@proxbalance/contracts';
import { analyzeGuest, type GuestSample } from '@proxbalance/engine';
import type { Row, Series } from '../series/reader.ts';
import { bucketOf, hourTier, quarterDayTier, rawTier, type Tier } from '../series/tiers.ts';
import { brokerDown } from './refusals.ts';

type Point = {
  timestamp: string;
  node: string | null;
  cpu: number | null;
  memory: number | null;
  disk_read_bps: number | null;
  disk_write_bps: number | null;
  net_in_bps: number | null;
  net_out_bps: number | null;
};
type History = { vmid: number; hours: number; resolution_seconds: number; points: Point[] };
type Deps = { series: Series; now: () => Date };
type TrendDeps = Deps & { timeZone: () => string };

const pointsMax = 80;
const mib = 2 ** 20;

export const readGuestHistory =
  ({ series, now }: Deps) =>
  async ({ vmid, hours }: { vmid: number; hours: number }): Promise<History> => {
    const at = Math.floor(now().getTime() / 1000);
    const resolution = resolutionOf(hours);
    const from = bucketOf({ bucketSeconds: resolution }, at - hours * 3600);
    const [rows, names] = await read(series, vmid, from, at);
    return { vmid, hours, resolution_seconds: resolution, points: toPoints(rows, resolution, names) };
  };

export const readGuestTrend =
  ({ series, now, timeZone }: TrendDeps) =>
  async ({ vmid, lookback_days }: { vmid: number; lookback_days: number }): Promise<GuestTrend> => {
    const at = Math.floor(now().getTime() / 1000);
    const [rows, names] = await read(series, vmid, at - lookback_days * 24 * 3600, at);
    const samples = rows.map((row) => toGuestSample(row, names));
    return analyzeGuest({ vmid, samples, now: at, lookbackHours: lookback_days * 24, timeZone: timeZone() });
  };

async function read({ reader, catalogue }: Series, vmid: number, from: number, now: number) {
  const id = String(vmid);
  const [found, names] = await Promise.all([reader.rows('guest', [id], from, now), catalogue.nodeNames()]).catch(
    brokerDown,
  );
  return [found.get(id) ?? [], names] as const;
}

const toGuestSample = (
  { from, seconds, place, count, means }: Row,
  names: ReadonlyMap<number, string>,
): GuestSample => ({
  at: from + seconds / 2,
  sample_count: count,
  node: names.get(place) ?? null,
  cpu: orNull(means[0]),
  memory: orNull(means[1]),
});

/** The tier that has the whole range, and as many of its buckets to a point as keep them below 80. */
export function resolutionOf(hours: number): number {
  const { bucketSeconds } = tierOf(hours * 3600);
  return bucketSeconds * Math.ceil((hours * 3600) / bucketSeconds / (pointsMax - 1));
}

function tierOf(seconds: number): Tier {
  if (seconds <= rawTier('guest').keepSeconds) return rawTier('guest');
  return seconds <= hourTier.keepSeconds ? hourTier : quarterDayTier;
}

/** Means over the resolution, from the first row to the last; a stretch in which nothing was measured is a point of nulls. */
export function toPoints(rows: readonly Row[], resolution: number, names: ReadonlyMap<number, string>): Point[] {
  const begin = (row: Row) => bucketOf({ bucketSeconds: resolution }, row.from);
  const groups = Map.groupBy(rows, begin);
  const begins = [...groups.keys()];
  const first = Math.min(...begins);
  const last = Math.max(...begins);
  const points: Point[] = [];
  for (let at = first; at <= last; at += resolution) points.push(toPoint(at, groups.get(at) ?? [], names));
  return points.slice(-pointsMax);
}

function toPoint(at: number, rows: readonly Row[], names: ReadonlyMap<number, string>): Point {
  const rate = (field: number) => scaled(meanOf(rows, field), mib);
  return {
    timestamp: new Date(at * 1000).toISOString(),
    node: names.get(rows.at(-1)?.place ?? 0) ?? null,
    cpu: meanOf(rows, 0),
    memory: meanOf(rows, 1),
    disk_read_bps: rate(2),
    disk_write_bps: rate(3),
    net_in_bps: rate(4),
    net_out_bps: rate(5),
  };
}

const scaled = (value: number | null, by: number): number | null => (value === null ? null : Math.round(value * by));

function meanOf(rows: readonly Row[], field: number): number | null {
  const seen = rows.flatMap(({ means, counts }) => {
    const value = means[field] ?? NaN;
    return Number.isNaN(value) ? [] : [{ value, weight: Math.max(1, counts[field] ?? 0) }];
  });
  const weights = seen.reduce((sum, { weight }) => sum + weight, 0);
  if (weights === 0) return null;
  return Math.round((1000 * seen.reduce((sum, { value, weight }) => sum + value * weight, 0)) / weights) / 1000;
}

export const orNull = (value: number | undefined): number | null =>
  value === undefined || Number.isNaN(value) ? null : value;
