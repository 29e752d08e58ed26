import { setImmediate as turn } from 'node:timers/promises';
import type { GuestProfile } from '@proxbalance/contracts';
import { profileGuest } from '@proxbalance/engine';
import type { Series } from '../series/reader.ts';
import { hourTier } from '../series/tiers.ts';
import { brokerDown } from './refusals.ts';

type Profiles = { profiles: Record<string, GuestProfile>; generated_at: string };

const freshMs = 10 * 60_000;
const lookbackSeconds = 7 * 24 * 3600;
/** So many guests at a time: a few milliseconds of work. */
const slice = 25;
const cpuField = 0;

/**
 * How every guest behaves, from the hours of a week. Worked out every ten minutes at most, however often it is asked for;
 * what is older goes out all the same while the new one is made.
 */
export function readGuestProfiles({ series, now }: { series: Series; now: () => Date }): () => Promise<Profiles> {
  let known: { at: number; profiles: Profiles } | null = null;
  let running: Promise<Profiles> | null = null;
  const refresh = () => {
    const at = now().getTime();
    running ??= profileAll(series, at)
      .then((profiles) => {
        known = { at, profiles };
        return profiles;
      })
      .finally(() => {
        running = null;
      });
    return running;
  };
  return async () => {
    if (!known) return await refresh().catch(brokerDown);
    if (now().getTime() - known.at >= freshMs) void refresh().catch(() => undefined);
    return known.profiles;
  };
}

async function profileAll({ store, catalogue }: Series, nowMs: number): Promise<Profiles> {
  const to = Math.floor(nowMs / 1000);
  const from = to - lookbackSeconds;
  const ids = await catalogue.ids('guest', from);
  const profiles: Record<string, GuestProfile> = {};
  for (let start = 0; start < ids.length; start += slice) {
    const part = ids.slice(start, start + slice);
    const hours = await store.readField('guest', hourTier, cpuField, part, { from, to });
    for (const [vmid, rows] of hours) {
      const seen = rows.map(({ at, statistic }) => ({ at, avg: statistic?.avg ?? null, p95: statistic?.p95 ?? null }));
      profiles[vmid] = profileGuest(seen);
    }
    await turn();
  }
  return { profiles, generated_at: new Date(nowMs).toISOString() };
}
