import { bucketOf, hourTier, rawTier, type Tier } from './tiers.ts';

/** Samples of a bucket come in until shortly after its end: five minutes of it, and a tick. */
const graceSeconds = 120;
const firstTimeSeconds = 6 * 3600;

/**
 * Begins of the buckets that are over and not rolled up, oldest first. Without any so far: those of the last quarter day,
 * what is older is the backfill's. After a long pause: no further back than all that they are made from is kept. A mark in
 * the future is of a clock that was ahead: what it skipped may be missing anywhere.
 */
export function dueBuckets(tier: Tier, rolledUp: number | null, nowSeconds: number): number[] {
  const source = tier.name === 'hour' ? rawTier('guest') : hourTier;
  const oldestWhole = bucketOf(tier, nowSeconds - source.keepSeconds + tier.bucketSeconds - 1);
  const next = rolledUp === null || rolledUp > nowSeconds ? 0 : rolledUp + tier.bucketSeconds;
  const first = rolledUp === null ? bucketOf(tier, nowSeconds - firstTimeSeconds) : Math.max(next, oldestWhole);
  const due: number[] = [];
  for (let at = first; at + tier.bucketSeconds + graceSeconds <= nowSeconds; at += tier.bucketSeconds) due.push(at);
  return due;
}
