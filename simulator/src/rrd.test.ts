import { describe, expect, test } from 'vitest';
import { ask, rowsOf } from '../test/ask.ts';
import { guestIn, NOON_MS, smallWorld } from '../test/small-cluster.ts';
import { place } from './placement.ts';
import type { PveVersion } from './pve-version.ts';

describe('the grid', () => {
  test.each<[PveVersion, string, number, number]>([
    ['9.2', 'hour', 60, 60],
    ['9.2', 'day', 1440, 60],
    ['9.2', 'week', 336, 1800],
    ['9.2', 'month', 1440, 1800],
    ['9.2', 'year', 1440, 21_600],
    ['9.2', 'decade', 570, 604_800],
    ['9.0', 'day', 1440, 60],
    ['9.1', 'month', 1440, 1800],
    ['8.4', 'hour', 70, 60],
    ['8.4', 'day', 70, 1800],
    ['8.4', 'week', 70, 10_800],
    ['8.4', 'month', 70, 43_200],
    ['8.4', 'year', 70, 604_800],
  ])('%s %s: %i rows every %i s', (pve, timeframe, count, stepS) => {
    const rows = rowsOf(ask(smallWorld({}, pve), 'GET', `/nodes/pve1/rrddata?timeframe=${timeframe}&cf=AVERAGE`));
    expect(rows).toHaveLength(count);
    expect(Number(rows[1]?.time) - Number(rows[0]?.time)).toBe(stepS);
    expect(Number(rows.at(-1)?.time)).toBeLessThanOrEqual(NOON_MS / 1000);
  });

  test('8 has no decade', () => {
    expect(ask(smallWorld({}, '8.4'), 'GET', '/nodes/pve1/rrddata?timeframe=decade').status).toBe(400);
  });
});

test.each(['week', 'month', 'year'])('a %s of history is there from the start', (timeframe) => {
  const rows = rowsOf(ask(smallWorld(), 'GET', `/nodes/pve1/qemu/100/rrddata?timeframe=${timeframe}`));
  expect(rows.every((row) => row.cpu === 0.5)).toBe(true);
});

test('no history before it: rows with nothing but time', () => {
  const rows = rowsOf(ask(smallWorld(), 'GET', '/nodes/pve1/rrddata?timeframe=decade'));
  expect([Object.keys(rows[0] ?? {}), Object.keys(rows.at(-1) ?? {}).length]).toEqual([['time'], 20]);
});

test('a node is the sum of its guests, and a migration shows on both from its minute on', () => {
  const world = smallWorld();
  const cpu = (node: string) =>
    rowsOf(ask(world, 'GET', `/nodes/${node}/rrddata?timeframe=hour`)).map((row) => Number(row.cpu));
  const before = cpu('pve1').at(-1) ?? 0;
  place(world, guestIn(world, 100), 'pve3', true);
  world.clock.advance(600);
  const [from, to] = [cpu('pve1'), cpu('pve3')];
  // 2 vCPUs at 50 % are one of 16 cores.
  expect(before - (from.at(-1) ?? 0)).toBeCloseTo(1 / 16, 2);
  expect((to.at(-1) ?? 0) - (to[0] ?? 0)).toBeCloseTo(1 / 16, 2);
  expect(from[0]).toBeCloseTo(before, 2);
});

test('a stopped guest has sizes but no use', () => {
  const row = rowsOf(ask(smallWorld(), 'GET', '/nodes/pve1/qemu/105/rrddata?timeframe=hour')).at(-1);
  expect(Object.keys(row ?? {}).sort()).toEqual(['disk', 'maxcpu', 'maxdisk', 'maxmem', 'time']);
});

test('any node answers, also after the guest has moved away', () => {
  const world = smallWorld();
  place(world, guestIn(world, 100), 'pve3', true);
  expect(ask(world, 'GET', '/nodes/pve1/qemu/100/rrddata?timeframe=hour').status).toBe(200);
});
