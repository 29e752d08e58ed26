import type { Forecast } from '@proxbalance/contracts';

/** What was told of a node and metric, and when the forecast was last there, unix milliseconds. */
export type Told = { severity: Forecast['severity']; seenAt: number };

/** By node and metric. */
export type ToldForecasts = ReadonlyMap<string, Told>;

export type News = {
  /** To be told now */
  fresh: Forecast[];
  /** Still there, and told before: with the severity that was told */
  seen: [key: string, severity: Told['severity']][];
  /** Gone for so long that they count as never told */
  over: string[];
};

/** A forecast that comes and goes near its limit is the same one until it was away for so long. */
const awayMs = 6 * 3_600_000;
const ranks: readonly Forecast['severity'][] = ['info', 'warning', 'critical'];

export const forecastKey = ({ node, metric }: Pick<Forecast, 'node' | 'metric'>): string => `${node}|${metric}`;

/** Told is what was not told, or not as severe; a line that describes its series badly is nobody's news. */
export function forecastNews(forecasts: readonly Forecast[], told: ToldForecasts, at: number): News {
  const isOver = ({ seenAt }: Told) => at - seenAt > awayMs;
  const known = (forecast: Forecast): Told | undefined => {
    const one = told.get(forecastKey(forecast));
    return one && !isOver(one) ? one : undefined;
  };
  const fresh = forecasts.filter((one) => one.confidence !== 'low' && isNews(one, known(one)));
  const freshKeys = new Set(fresh.map(forecastKey));
  return {
    fresh,
    seen: forecasts.flatMap((one) => {
      const before = known(one);
      return before && !freshKeys.has(forecastKey(one)) ? [[forecastKey(one), before.severity]] : [];
    }),
    over: [...told].flatMap(([key, one]) => (isOver(one) && !freshKeys.has(key) ? [key] : [])),
  };
}

const isNews = ({ severity }: Forecast, told: Told | undefined): boolean =>
  told === undefined || ranks.indexOf(severity) > ranks.indexOf(told.severity);
