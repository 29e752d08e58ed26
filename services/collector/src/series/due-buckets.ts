import { bucketOf, hourTier, type Tier } from './tiers.ts';

/** Samples of a bucket come in until shortly after its end: five minutes of it, and a tick. */
const graceSeconds = 120;

/**
 * Begins of the buckets that are over and not rolled up, oldest first. Without any so far: those of the last quarter day,
 * what is older is the backfill's. After a long pause: no further back than what they are made from is kept.
 */
export function dueBuckets(tier: Tier, rolledUp: number | null, nowSeconds: number): number[] {
  const keepsSource = tier.name === 'hour' ? 2 * 24 * 3600 : hourTier.keepSeconds;
  const earliest = rolledUp === null ? nowSeconds - 6 * 3600 : nowSeconds - keepsSource;
  const due: number[] = [];
  const first = Math.max(rolledUp === null ? 0 : rolledUp + tier.bucketSeconds, bucketOf(tier, earliest));
  for (let at = first; at + tier.bucketSeconds + graceSeconds <= nowSeconds; at += tier.bucketSeconds) due.push(at);
  return due;
}
