import { expect, test } from 'vitest';
import { guest, guestIn, smallWorld } from '../test/small-cluster.ts';
import { usageAt } from './cluster-usage.ts';
import { createClock } from './clock.ts';
import { readWorld } from './cluster-file.ts';
import { addFault } from './faults.ts';
import { generateCluster } from './generate.ts';
import { guestRowTexts } from './guest-row-text.ts';
import { guestRows } from './resources.ts';
import { lastTickMs, type World } from './world.ts';

function bothWays(world: World, pve: '9.2' | '8.4') {
  const usage = usageAt(world, lastTickMs(world));
  return [guestRowTexts(world, pve, usage).map((text) => JSON.parse(text)), guestRows(world, pve, usage)];
}

test('texts and rows are the same, whatever changes', () => {
  const world = smallWorld({ pools: ['lab'], guests: [guest(100, { tags: ['a'], pool: 'lab', ha: true }), guest(101, { type: 'lxc' }), guest(102, { node: 'pve2' })] });
  const agree = () => {
    for (const pve of ['9.2', '8.4'] as const) {
      const [texts, rows] = bothWays(world, pve);
      expect(texts).toEqual(rows);
    }
  };
  agree();
  guestIn(world, 100).lock = 'backup';
  guestIn(world, 101).config.set('tags', 'x;y');
  agree();
  guestIn(world, 100).name = 'quote " and \\ in it';
  addFault(world, { kind: 'node-down', node: 'pve2' });
  world.clock.advance(100);
  agree();
  world.clock.advance(400);
  agree();
});

test('10 000 guests are written well within a tick', () => {
  const clock = createClock(0, 1e-9);
  const world = readWorld(generateCluster({ nodes: 64, guests: 10_000, seed: 1 }), { clock, seed: 1, pve: null, warn: () => {} });
  const times = Array.from({ length: 7 }, () => {
    clock.advance(10);
    const startMs = performance.now();
    guestRowTexts(world, '9.2', usageAt(world, lastTickMs(world))).join(',');
    return performance.now() - startMs;
  });
  // The fastest of a few, for a shared machine; about 15 ms where this was written.
  expect(Math.min(...times)).toBeLessThan(60);
});
