import { expect, test } from 'vitest';
import { guest, guestIn, NOON_MS, smallWorld } from '../test/small-cluster.ts';
import { sampleGuest } from './load-model.ts';
import { changeLoad, currentLoad, place } from './placement.ts';

test('without noise and amplitude a guest uses exactly what the cluster file says', () => {
  const world = smallWorld();
  const sample = sampleGuest(guestIn(world, 100), NOON_MS);
  expect(sample).toMatchObject({ running: true, node: 'pve1', cpu: 0.5, memBytes: 2 * 1_073_741_824 });
});

test('counters grow with the rate and a new rate never makes them jump', () => {
  const world = smallWorld();
  const one = guestIn(world, 100);
  const before = sampleGuest(one, NOON_MS).netInBytes;
  world.clock.advance(100);
  changeLoad(world, one, { ...currentLoad(one), netInBps: 5 });
  const atChange = sampleGuest(one, NOON_MS + 100_000).netInBytes;
  expect(atChange - before).toBeCloseTo(100_000, -1);
  expect(sampleGuest(one, NOON_MS + 200_000).netInBytes - atChange).toBeCloseTo(500, -1);
});

test('after a move counters and uptime count from the move, and the past stays on the old node', () => {
  const world = smallWorld();
  const one = guestIn(world, 100);
  world.clock.advance(60);
  place(world, one, 'pve2', true);
  world.clock.advance(30);
  expect(sampleGuest(one, NOON_MS + 90_000)).toMatchObject({ node: 'pve2', uptimeS: 30, netInBytes: 30_000 });
  expect(sampleGuest(one, NOON_MS + 30_000).node).toBe('pve1');
  expect(sampleGuest(one, NOON_MS + 30_000).uptimeS).toBeGreaterThan(3600);
});

test('a day has one swing around the base, and noise repeats with the seed', () => {
  const world = smallWorld({ guests: [guest(300, { load: { cpu: 0.4, daily_amplitude: 0.5, noise: 0.1 } })] });
  const again = smallWorld({ guests: [guest(300, { load: { cpu: 0.4, daily_amplitude: 0.5, noise: 0.1 } })] });
  const day = Array.from({ length: 96 }, (_, index) => sampleGuest(guestIn(world, 300), NOON_MS + index * 900_000).cpu);
  expect(Math.max(...day)).toBeGreaterThan(0.55);
  expect(Math.min(...day)).toBeLessThan(0.25);
  expect(sampleGuest(guestIn(again, 300), NOON_MS + 900_000).cpu).toBe(day[1]);
});
