import { ForecastRaised } from '@proxbalance/contracts';
import type { Bus, RedisLink } from '@proxbalance/service-kit';
import type { GenerationHead } from '../judged.ts';
import { forecastKey, forecastNews, type Told } from './forecast-news.ts';

type Deps = { bus: Pick<Bus, 'publish'>; redis: Pick<RedisLink, 'client'>; keyPrefix: string };

/** Puts a text in the place of another, '' being none. Of all replicas one succeeds: that one tells. */
const replaceScript = `
if (redis.call('HGET', KEYS[1], ARGV[1]) or '') ~= ARGV[2] then return 0 end
if ARGV[3] == '' then redis.call('HDEL', KEYS[1], ARGV[1])
else redis.call('HSET', KEYS[1], ARGV[1], ARGV[3]) end
return 1`;

/** Tells forecasts that are news, each once for all replicas, and remembers what was told. */
export function openForecastTeller({ bus, redis: { client }, keyPrefix }: Deps) {
  const key = `${keyPrefix}:forecasts-told`;
  const replace = async (field: string, before: string, after: string): Promise<boolean> =>
    (await client.eval(replaceScript, 1, key, field, before, after)) === 1;

  return async ({ forecasts, generated_at }: GenerationHead, id: string): Promise<void> => {
    const stored = await client.hgetall(key);
    const textOf = (field: string) => stored[field] ?? '';
    const told = new Map(Object.entries(stored).map(([field, text]) => [field, JSON.parse(text) as Told]));
    const at = Date.parse(generated_at);
    const { fresh, seen, over } = forecastNews(forecasts, told, at);
    for (const field of over) await replace(field, textOf(field), '');
    for (const [field, severity] of seen) await replace(field, textOf(field), toldText(severity, at));
    for (const forecast of fresh) {
      const field = forecastKey(forecast);
      const [before, after] = [textOf(field), toldText(forecast.severity, at)];
      if (!(await replace(field, before, after))) continue;
      const told = { id: `${id}.${field}`, subject: forecast.node };
      await bus.publish(ForecastRaised, { ...forecast, generated_at }, told).catch(async (error: unknown) => {
        // Not told after all: the next generation tries again.
        await replace(field, after, before);
        throw error;
      });
    }
  };
}

const toldText = (severity: Told['severity'], seenAt: number): string =>
  JSON.stringify({ severity, seenAt } satisfies Told);
