import { expect, test } from 'vitest';
import { openInProcess, testEnv } from '../../../tests/support/in-process.ts';
import { readConfig } from '../src/config.ts';
import { newerThanRows, openFreshTags, toldSince } from '../src/fresh-tags.ts';

const noon = Date.parse('2026-02-08T12:00:00Z');
const minuteMs = 60_000;

test('the newest tags of a guest count, whatever was remembered last, until they are old', async () => {
  await using one = await openInProcess(testEnv(), 'collector', readConfig, async (_scope, { redis, keyPrefix }) =>
    openFreshTags(redis, keyPrefix),
  );
  const { remember, read } = one.opened;
  await remember(100, { tags: ['a', 'b'], readAt: noon + 2, told: true });
  await remember(100, { tags: ['a'], readAt: noon + 1, told: true });
  await remember(101, { tags: ['c'], readAt: noon - 9 * minuteMs, told: false });
  const fresh = await read(noon);
  expect([...fresh].toSorted(([a], [b]) => a - b)).toMatchObject([
    [100, { tags: ['a', 'b'] }],
    [101, { tags: ['c'] }],
  ]);
  expect([...(await read(noon + 2 * minuteMs)).keys()]).toEqual([100]);
  expect(await read(noon + 11 * minuteMs)).toEqual(new Map());
});

test('what resource rows may not show yet, and what was told since a snapshot', () => {
  const at = (readAt: number, told: boolean) => ({ tags: [], readAt, told });
  const fresh = new Map([
    [100, at(noon - 6000, true)],
    [101, at(noon - 4000, true)],
    [102, at(noon - 1000, false)],
  ]);
  expect([...newerThanRows(fresh, noon).keys()]).toEqual([101, 102]);
  expect([...toldSince(fresh, new Date(noon - 5000).toISOString()).keys()]).toEqual([101]);
  expect([...toldSince(fresh, null).keys()]).toEqual([100, 101]);
});
