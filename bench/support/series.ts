import { openProcess, openScope, type RedisLink } from '@proxbalance/service-kit';
import { readConfig } from '../../services/collector/src/config.ts';
import { openCatalogue } from '../../services/collector/src/series/catalogue.ts';
import { openSeriesReader, type Series } from '../../services/collector/src/series/reader.ts';
import { openSeriesStore } from '../../services/collector/src/series/store.ts';

/** The collector's own series on the brokers of a benchmark. */
export type BenchSeries = AsyncDisposable & { series: Series; client: RedisLink['client'] };

const keyPrefix = 'proxbalance:collector';

export async function openBenchSeries(env: Record<string, string>): Promise<BenchSeries> {
  const scope = openScope();
  const { redis } = await openProcess(scope, readConfig(env), 'bench');
  const store = openSeriesStore(redis, keyPrefix);
  const series = { store, catalogue: openCatalogue(redis, keyPrefix), reader: openSeriesReader(store) };
  return { series, client: redis.client, [Symbol.asyncDispose]: () => scope.close() };
}

/** Bytes that Redis holds. */
export async function usedMemory(client: RedisLink['client']): Promise<number> {
  return Number(/used_memory:(\d+)/.exec(await client.info('memory'))?.[1]);
}
