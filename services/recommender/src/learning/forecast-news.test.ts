import type { Forecast } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { aForecast } from '../../../../tests/support/nouns.ts';
import { forecastNews, type Told } from './forecast-news.ts';

const hour = 3_600_000;
const now = 1000 * hour;
const told = (severity: Told['severity'], hoursAgo: number) =>
  new Map([['pve1|cpu', { severity, seenAt: now - hoursAgo * hour }]]);
const news = (forecasts: Forecast[], before: Map<string, Told> = new Map()) => {
  const { fresh, seen, over } = forecastNews(forecasts, before, now);
  return { fresh: fresh.map(({ severity }) => severity), seen, over };
};

test.each<[string, Forecast[], Map<string, Told>, ReturnType<typeof news>]>([
  ['is new: told', [aForecast()], new Map(), { fresh: ['warning'], seen: [], over: [] }],
  [
    'describes its series badly: not told',
    [aForecast({ confidence: 'low' })],
    new Map(),
    { fresh: [], seen: [], over: [] },
  ],
  ['was told: not again', [aForecast()], told('warning', 1), { fresh: [], seen: [['pve1|cpu', 'warning']], over: [] }],
  [
    'got milder: not again, and remembered as it was told',
    [aForecast({ severity: 'info' })],
    told('critical', 1),
    { fresh: [], seen: [['pve1|cpu', 'critical']], over: [] },
  ],
  [
    'got more severe: told again',
    [aForecast({ severity: 'critical' })],
    told('warning', 1),
    { fresh: ['critical'], seen: [], over: [] },
  ],
  [
    'was away for five hours: the same one',
    [aForecast()],
    told('warning', 5),
    { fresh: [], seen: [['pve1|cpu', 'warning']], over: [] },
  ],
  [
    'was away for seven hours: told again',
    [aForecast()],
    told('warning', 7),
    { fresh: ['warning'], seen: [], over: [] },
  ],
  ['is gone for an hour: not forgotten', [], told('warning', 1), { fresh: [], seen: [], over: [] }],
  ['is gone for seven hours: forgotten', [], told('warning', 7), { fresh: [], seen: [], over: ['pve1|cpu'] }],
  [
    'is of another metric: another one',
    [aForecast({ metric: 'memory' })],
    told('warning', 1),
    { fresh: ['warning'], seen: [], over: [] },
  ],
])('a forecast that %s', (_given, forecasts, before, expected) => {
  expect(news(forecasts, before)).toEqual(expected);
});
