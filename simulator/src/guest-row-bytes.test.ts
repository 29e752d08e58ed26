import { expect, test } from 'vitest';
import { guest, guestIn, smallWorld } from '../test/small-cluster.ts';
import { ByteWriter } from './byte-writer.ts';
import { usageAt } from './cluster-usage.ts';
import { addFault } from './faults.ts';
import { writeGuestRows } from './guest-row-bytes.ts';
import { guestRows } from './resources.ts';
import { lastTickMs, type World } from './world.ts';

function bothWays(world: World, pve: '9.2' | '8.4') {
  const usage = usageAt(world, lastTickMs(world));
  const writer = new ByteWriter();
  writeGuestRows(world, pve, usage, writer);
  return [JSON.parse(`[${writer.toBuffer()}]`), guestRows(world, pve, usage)];
}

test('bytes and rows are the same, whatever changes', () => {
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
      const [bytes, rows] = bothWays(world, pve);
      expect(bytes).toEqual(rows);
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
  guestIn(world, 101).cores = 7;
  agree();
});
