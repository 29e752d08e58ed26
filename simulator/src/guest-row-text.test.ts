import { expect, test } from 'vitest';
import { guest, guestIn, smallWorld } from '../test/small-cluster.ts';
import { usageAt } from './cluster-usage.ts';
import { addFault } from './faults.ts';
import { guestRowsText } from './guest-row-text.ts';
import { guestRows } from './resources.ts';
import { lastTickMs, type World } from './world.ts';

function bothWays(world: World, pve: '9.2' | '8.4') {
  const usage = usageAt(world, lastTickMs(world));
  return [JSON.parse(`[${guestRowsText(world, pve, usage)}]`), guestRows(world, pve, usage)];
}

test('texts and rows are the same, whatever changes', () => {
  const world = smallWorld({
    pools: ['lab'],
    guests: [
      guest(100, { tags: ['a'], pool: 'lab', ha: true }),
      guest(101, { type: 'lxc' }),
      guest(102, { node: 'pve2' }),
    ],
  });
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
