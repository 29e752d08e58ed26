import { setImmediate as turn } from 'node:timers/promises';
import type { GuestProfile } from '@proxbalance/contracts';
import { profileGuest } from '@proxbalance/engine';
import type { Series } from '../series/reader.ts';
import { hourTier } from '../series/tiers.ts';
import { brokerDown } from './refusals.ts';

type Profiles = { profiles: Record<string, GuestProfile>; generated_at: string };

/** `rolledUp`: the newest hour there was when they were made; `zone`: whose hours they tell. */
type Known = { lookedAt: number; rolledUp: number | null; zone: string; profiles: Profiles };
type Deps = { series: Series; now: () => Date; timeZone: () => string };

const lookEveryMs = 10 * 60_000;
/** Nobody has asked for so long: what was the answer then is no answer now. */
const staleMs = 3 * lookEveryMs;
/** That there is nothing yet is no answer for long: the past is being filled in just then. */
const emptyMs = 60_000;
const lookbackSeconds = 7 * 24 * 3600;
/** So many guests at a time: a millisecond of work. */
const slice = 10;
const cpuField = 0;

/**
 * How every guest behaves, from the hours of a week. Whether there is a new hour is looked up every ten minutes at most,
 * however often it is asked for, and without one the answer stands; what is a little older goes out while the new one is made.
 */
export function readGuestProfiles({ series, now, timeZone }: Deps): () => Promise<Profiles> {
  let known: Known | null = null;
  let running: Promise<Profiles> | null = null;
  const refresh = () => {
    running ??= refreshed(series, known, now().getTime(), timeZone())
      .then((fresh) => {
        known = fresh;
        return fresh.profiles;
      })
      .finally(() => {
        running = null;
      });
    return running;
  };
  return async () => {
    const ageMs = known ? now().getTime() - known.lookedAt : Number.POSITIVE_INFINITY;
    if (!known || known.zone !== timeZone() || ageMs >= (isEmpty(known) ? emptyMs : staleMs))
      return await refresh().catch(brokerDown);
    if (ageMs >= lookEveryMs) void refresh().catch(() => undefined);
    return known.profiles;
  };
}

const isEmpty = ({ profiles }: Known): boolean => Object.keys(profiles.profiles).length === 0;

async function refreshed(series: Series, known: Known | null, nowMs: number, zone: string): Promise<Known> {
  const rolledUp = await series.catalogue.rolledUp('guest', hourTier);
  // Before the first roll-up there is what was filled in: that may have grown.
  if (known && known.zone === zone && !isEmpty(known) && rolledUp !== null && rolledUp === known.rolledUp)
    return { ...known, lookedAt: nowMs };
  return { lookedAt: nowMs, rolledUp, zone, profiles: await profileAll(series, nowMs, zone) };
}

async function profileAll({ store, catalogue }: Series, nowMs: number, zone: string): Promise<Profiles> {
  const to = Math.floor(nowMs / 1000);
  const from = to - lookbackSeconds;
  const ids = await catalogue.ids('guest', from);
  const profiles: Record<string, GuestProfile> = {};
  for (let start = 0; start < ids.length; start += slice) {
    const part = ids.slice(start, start + slice);
    const hours = await store.readField('guest', hourTier, cpuField, part, { from, to });
    for (const [vmid, rows] of hours) profiles[vmid] = profileGuest(rows, zone);
    await turn();
  }
  return { profiles, generated_at: new Date(nowMs).toISOString() };
}
