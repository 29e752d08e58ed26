import { expect, test } from 'vitest';
import { generateCluster } from '../../../../libs/engine/src/testing/generate.ts';
import { busiestGuests } from './busiest-guests.ts';

const cluster = generateCluster({ nodes: 4, guests: 400 });
const chosen = busiestGuests(cluster);
const running = Object.values(cluster.guests).filter(({ status }) => status === 'running');
const loadOf = (guest: (typeof running)[number]) => guest.cpu_current * guest.cpu_cores;

test('of each node a bounded number, each once, however many there are', () => {
  for (const own of Map.groupBy(chosen, ({ node }) => node).values()) expect(own.length).toBeLessThanOrEqual(10);
  expect(new Set(chosen).size).toBe(chosen.length);
  expect(chosen.length).toBeGreaterThanOrEqual(4 * 5);
});

test.each(Object.keys(cluster.nodes))('the busiest and the largest of %s are among them', (node) => {
  const own = running.filter((guest) => guest.node === node);
  const mostOf = (measure: (guest: (typeof running)[number]) => number) => Math.max(...own.map(measure));
  expect(chosen.some((guest) => guest.node === node && loadOf(guest) === mostOf(loadOf))).toBe(true);
  expect(chosen.some((guest) => guest.node === node && guest.mem_used_gb === mostOf((one) => one.mem_used_gb))).toBe(
    true,
  );
});

test('a guest that is off, or whose load is not known, is none of them', () => {
  const guests = Object.fromEntries(
    running
      .slice(0, 3)
      .map((guest, index) => [
        String(guest.vmid),
        { ...guest, ...[{}, { status: 'stopped' as const }, { unknown: ['stats'] }][index] },
      ]),
  );
  expect(busiestGuests({ guests }).map(({ vmid }) => vmid)).toEqual([running[0]?.vmid]);
});
