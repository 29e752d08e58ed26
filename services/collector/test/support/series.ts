import { randomUUID } from 'node:crypto';
import type { Kit } from '@proxbalance/service-kit';
import { openCatalogue } from '../../src/series/catalogue.ts';
import { openSeriesReader, type Series } from '../../src/series/reader.ts';
import { openSeriesStore } from '../../src/series/store.ts';

/** The series under a prefix: those of the collectors of a lab, or, without one, some of our own. */
export function openSeries({ redis }: Pick<Kit, 'redis'>, keyPrefix = `t-${randomUUID().slice(0, 8)}:collector`) {
  const store = openSeriesStore(redis, keyPrefix);
  const series: Series = { store, catalogue: openCatalogue(redis, keyPrefix), reader: openSeriesReader(store) };
  const keys = async () => await redis.client.keys(`${keyPrefix}:series:*`);
  return {
    ...series,
    keys,
    /** What a Redis does that was wiped. */
    async lose() {
      const all = await keys();
      if (all.length > 0) await redis.client.del(...all);
    },
  };
}

export const collectorPrefix = (kit: Pick<Kit, 'keyPrefix'>): string => kit.keyPrefix.replace(/gateway$/, 'collector');
