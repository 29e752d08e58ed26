import { expect, test } from 'vitest';
import { newUser, ROOT } from '../access/identity.ts';
import { createClock } from '../clock.ts';
import { readWorld } from '../cluster-file.ts';
import { generateCluster } from '../generate.ts';
import { matchRoute, perform } from './router.ts';

/** 40 ms on an idle core; this is a guard against doing something slow, on a machine that is anything but idle. */
const CPU_MS_MAX = 120;

test('10 000 guests are written anew only once a tick, and fast', () => {
  const clock = createClock(Date.now(), 1e-9);
  const settings = { clock, seed: 3, pve: null, warn: () => {} };
  const world = readWorld(generateCluster({ nodes: 64, guests: 10_000, seed: 3 }), settings);
  const [answering] = world.nodes.values();
  const match = matchRoute('GET', ['cluster', 'resources']);
  if (!answering || !match) throw new Error('no such route');
  const body = () => perform(match, { world, who: newUser(ROOT), answering, fingerprints: {} }, new Map()).ready?.body;
  const cpuMs = Array.from({ length: 6 }, () => {
    clock.advance(10);
    const before = process.cpuUsage();
    const first = body();
    const { user, system } = process.cpuUsage(before);
    expect(body()).toBe(first);
    return (user + system) / 1000;
  });
  expect(Math.min(...cpuMs)).toBeLessThan(CPU_MS_MAX);
  expect(JSON.parse(String(body())).data).toHaveLength(10_000 + 64 + 64 * 3 + 64);
});
