import { rawBytes, summaryBytes } from './codec.ts';
import { fieldsOf, type SeriesKind } from './fields.ts';

/** A resolution with its life: how long a bucket is, how much lies under one Redis key, when that key goes. */
export type Tier = {
  name: 'raw' | 'hour' | 'quarter-day';
  bucketSeconds: number;
  chunkSeconds: number;
  keepSeconds: number;
};

const hour = 3600;
const day = 24 * hour;

/*
 * A guest's key holds 60 records. Redis gives a string that is appended to twice the room it needs whenever it has to move
 * it; at 60 records of 20 or 66 bytes nearly all of that room is used, at 72 and 48, say, half of it would lie idle.
 */

const nodeSamples: Tier = { name: 'raw', bucketSeconds: 60, chunkSeconds: 6 * hour, keepSeconds: 2 * day };
const guestSamples: Tier = { name: 'raw', bucketSeconds: 300, chunkSeconds: 5 * hour, keepSeconds: 2 * day };

/** Nodes are few and judged closely: a minute. Guests are many: five minutes. */
export const rawTier = (kind: SeriesKind): Tier => (kind === 'node' ? nodeSamples : guestSamples);
export const hourTier: Tier = { name: 'hour', bucketSeconds: hour, chunkSeconds: 60 * hour, keepSeconds: 14 * day };
export const quarterDayTier: Tier = {
  name: 'quarter-day',
  bucketSeconds: 6 * hour,
  chunkSeconds: 15 * day,
  keepSeconds: 90 * day,
};

/** Begin of the bucket that holds a moment, Unix seconds. */
export const bucketOf = (tier: Pick<Tier, 'bucketSeconds'>, atSeconds: number): number =>
  atSeconds - (atSeconds % tier.bucketSeconds);
export const chunkOf = (tier: Tier, atSeconds: number): number => atSeconds - (atSeconds % tier.chunkSeconds);
/** When a key may go, Unix seconds: its last record is too old by then, even for a clock that is an hour behind. */
export const expiryOf = (tier: Tier, chunk: number): number => chunk + tier.chunkSeconds + tier.keepSeconds + hour;

/** Bytes that one series takes for one day in each tier, without Redis' own share per key. */
export function bytesPerDay(kind: SeriesKind): Record<Tier['name'], number> {
  const fields = fieldsOf(kind).length;
  return {
    raw: (day / rawTier(kind).bucketSeconds) * rawBytes(fields),
    hour: 24 * summaryBytes(fields),
    'quarter-day': 4 * summaryBytes(fields),
  };
}

/** Bytes that one series holds on average when all its tiers are full: a key goes as a whole, so half of one is held too long. */
export function bytesFull(kind: SeriesKind): number {
  const perDay = bytesPerDay(kind);
  const days = (tier: Tier) => (tier.keepSeconds + tier.chunkSeconds / 2) / day;
  return perDay.raw * days(rawTier(kind)) + perDay.hour * days(hourTier) + perDay['quarter-day'] * days(quarterDayTier);
}
