import { describe, expect, test } from 'vitest';
import { createClock } from '../clock.ts';
import { readWorld } from '../cluster-file.ts';
import { cpuRatio, memUsedBytes, usageAt } from '../cluster-usage.ts';
import { localResources } from '../migration/plan.ts';
import { isRunning } from '../placement.ts';
import type { World } from '../world.ts';
import { demoCluster } from './cluster.ts';

const DAY_START_MS = Date.UTC(2026, 8, 29);

function demo(): { world: World; warnings: string[] } {
  const warnings: string[] = [];
  const clock = createClock(DAY_START_MS, 1e-9);
  const world = readWorld(demoCluster(), { clock, seed: 1, pve: null, warn: (message) => warnings.push(message) });
  return { world, warnings };
}

describe('the demo cluster', () => {
  const { world, warnings } = demo();
  const guests = [...world.guests.values()];

  test('is four unequal nodes and 60 guests, with nothing it does not understand', () => {
    expect([world.nodes.size, guests.length, warnings]).toEqual([4, 60, []]);
    expect(new Set([...world.nodes.values()].map((node) => `${node.cores}/${node.memBytes}`)).size).toBe(4);
  });

  test.each([0, 4, 9, 14, 20])('has one hot node at %i o’clock, and room on the others', (hour) => {
    const usage = usageAt(world, DAY_START_MS + hour * 3_600_000);
    for (const node of world.nodes.values()) {
      const used = usage.nodes.get(node.name);
      if (!used) throw new Error('no usage');
      const [cpu, mem] = [cpuRatio(node, used), memUsedBytes(node, used) / node.memBytes];
      if (node.name === 'pve1') expect([cpu > 0.78, cpu < 0.99, mem > 0.78]).toEqual([true, true, true]);
      else expect([cpu < 0.6, mem < 0.6]).toEqual([true, true]);
    }
  });

  test.each(['ignore', 'exclude_web', 'affinity_shop', 'has-bindmount', 'io_exempt', 'no-auto-migrate', 'prod'])(
    'has the tag %s',
    (tag) => {
      expect(
        guests.some((guest) =>
          String(guest.config.get('tags') ?? '')
            .split(';')
            .includes(tag),
        ),
      ).toBe(true);
    },
  );

  test('has one of every awkward kind', () => {
    expect(world.ha.has('vm:101')).toBe(true);
    expect(guests.filter((guest) => localResources(guest).length > 0).map((guest) => guest.vmid)).toEqual([109]);
    expect(
      guests.filter((guest) => guest.disks.some((disk) => disk.storage === 'local-zfs')).map((guest) => guest.vmid),
    ).toEqual([115]);
    expect(guests.filter((guest) => guest.template).map((guest) => guest.vmid)).toEqual([409]);
    expect(guests.filter((guest) => !isRunning(guest) && !guest.template).map((guest) => guest.vmid)).toEqual([
      215, 314,
    ]);
    expect(world.guests.get(114)?.config.get('mp0')).toBe('/srv/files,mp=/srv/files');
  });

  test('names are real and unique here', () => {
    expect(new Set(guests.map((guest) => guest.name)).size).toBe(60);
  });
});
