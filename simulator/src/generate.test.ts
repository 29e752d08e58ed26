import { expect, test } from 'vitest';
import { createClock } from './clock.ts';
import { readWorld } from './cluster-file.ts';
import { generateCluster } from './generate.ts';

test('a seed always makes the same cluster, another one another', () => {
  const make = (seed: number) => JSON.stringify(generateCluster({ nodes: 8, guests: 200, seed }));
  expect(make(1)).toBe(make(1));
  expect(make(1)).not.toBe(make(2));
});

test('what is generated is a valid cluster file of the size asked for', () => {
  const warnings: string[] = [];
  const clock = createClock(0, 1e-9);
  const file = generateCluster({ nodes: 5, guests: 123, seed: 3 });
  const world = readWorld(file, { clock, seed: 1, pve: null, warn: (message) => warnings.push(message) });
  expect([world.nodes.size, world.guests.size, warnings]).toEqual([5, 123, []]);
});
