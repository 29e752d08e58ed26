import { expect, test } from 'vitest';
import { cluster, vm } from './support/cluster.ts';
import { openLab } from './support/lab.ts';

test('a replica that takes a tick knows what the one before it read, and asks for none of it again', async () => {
  await using lab = await openLab({ cluster: cluster([vm(100), vm(101, { ha: true })]), collectors: 0 });
  const first = await lab.openCollector();
  const isKnownWhole = ({ nodes, guests, read_at }: (typeof lab.snapshots)[number]) => {
    expect(Object.values(nodes).map(({ pve_version }) => pve_version)).not.toContain(null);
    expect(guests['100']?.pressure).not.toBeNull();
    expect(read_at).toMatchObject({ storage: expect.any(String), backup: expect.any(String), ha: expect.any(String) });
  };
  const before = await lab.sees(isKnownWhole);
  // One more tick, so that what was read behind the last one is handed on.
  await lab.sees(isKnownWhole);
  await first[Symbol.asyncDispose]();
  const seen = lab.snapshots.length;
  await lab.simulator.control('DELETE', '/requests');
  await lab.openCollector();
  const after = await lab.sees((snapshot) => expect(lab.snapshots.length).toBeGreaterThan(seen) ?? snapshot);
  for (const snapshot of [lab.snapshots[seen] ?? after, after]) isKnownWhole(snapshot);
  expect(after.read_at.versions).toBe(before.read_at.versions);
  const { by } = await lab.requests();
  const asked = by.map(({ path }) => path);
  for (const path of ['/nodes/{node}/status', '/nodes/{node}/storage', '/cluster/ha/resources', '/access/permissions'])
    expect(asked).not.toContain(path);
});
