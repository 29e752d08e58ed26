import { CollectNow } from '@proxbalance/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { cluster, nobody, partial, vm } from './support/cluster.ts';
import { type Lab, openLab } from './support/lab.ts';

const guests = [
  vm(100, { tags: ['web', 'exclude_web'], load: { cpu: 0.2, disk_read_bps: 1e6, disk_write_bps: 2e6 } }),
  vm(101, { node: 'pve2', ha: true }),
  vm(102, { type: 'lxc', disks: [{ key: 'rootfs', storage: 'ceph1', size_bytes: 2 ** 30 }] }),
  vm(103, { config: { usb0: 'host=1234:5678' } }),
];

describe('a small cluster', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab({ cluster: cluster(guests), collectors: 0 });
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  test('its first snapshot is complete, and comes before the first tick', async () => {
    const startedAt = performance.now();
    await lab.openCollector();
    const first = await eventually(() => {
      const [snapshot] = lab.snapshots;
      if (!snapshot) throw new Error('no snapshot yet');
      return snapshot;
    });
    expect(performance.now() - startedAt).toBeLessThan(10_000);
    expect(first).toMatchObject({ cluster_name: 'lab', unknown: [], cluster_health: { quorate: true, nodes: 3 } });
    expect(Object.values(first.guests).map(({ vmid, unknown }) => ({ vmid, unknown }))).toEqual(
      [100, 101, 102, 103].map((vmid) => ({ vmid, unknown: [] })),
    );
    expect(Object.values(first.nodes).every((node) => node.metrics.has_historical && node.unknown.length === 0)).toBe(
      true,
    );
    expect(first.guests['100']?.tags?.exclude_groups).toEqual(['exclude_web']);
    expect(first.guests['101']).toMatchObject({ ha_managed: true, movable: { online: true } });
    expect(first.guests['103']?.movable).toMatchObject({ online: false, reasons: [{ code: 'passthrough_device' }] });
  });

  test('what nodes tell of themselves follows: versions, storages, pressure of guests', async () => {
    const seen = await lab.sees(({ nodes, guests, read_at, ha_rules }) => {
      expect(Object.values(nodes).every(({ pve_version }) => pve_version?.startsWith('9'))).toBe(true);
      expect(guests['100']?.pressure).toMatchObject({ cpu_some: expect.any(Number) });
      expect(read_at).toMatchObject({ storage: expect.any(String), backup: expect.any(String) });
      expect(ha_rules).toEqual([]);
    });
    expect(seen.nodes.pve1).toMatchObject({
      pressure: { cpu_some: expect.any(Number) },
      net_in_bps: expect.any(Number),
      mem_available_gb: expect.any(Number),
    });
    expect(seen.nodes.pve1?.storage.every(({ active }) => active)).toBe(true);
    expect(seen.guests['100']).toMatchObject({ has_backup: expect.any(Boolean), has_snapshots: false });
  });

  test('rates follow from two samples', async () => {
    await lab.sees(({ guests }) => expect(guests['100']?.disk_write_bps).toBeCloseTo(2e6, -5));
  });

  test('a changed configuration is read again', async () => {
    await lab.simulator.control('POST', '/guests/100', { tags: ['db'], config: { hostpci0: '0000:01:00.0' } });
    await lab.sees(({ guests }) =>
      expect(guests['100']).toMatchObject({
        tags: { all_tags: ['db'], exclude_groups: [] },
        local_devices: ['hostpci0'],
        movable: { online: false },
      }),
    );
  });

  test('a configuration that can not be read makes the guest unknown and unmovable, never without tags', async () => {
    const path = '/nodes/pve1/qemu/100/config';
    const fault = await lab.simulator.fault({ kind: 'api-error', path });
    await lab.simulator.control('POST', '/guests/100', { tags: ['db', 'ignore'] });
    const seen = await lab.sees(({ guests }) => expect(guests['100']?.unknown).toEqual(['config']));
    expect(seen.guests['100']).toMatchObject({
      tags: { has_ignore: true },
      local_disks: null,
      disks: null,
      movable: { online: false, offline: false, reasons: [{ code: 'unknown', detail: 'could not be read: config' }] },
    });
    expect(seen.guests['102']?.unknown).toEqual([]);
    // In vain once, and then not at each tick.
    await lab.simulator.control('DELETE', '/requests');
    await lab.sees(() => undefined);
    const { by } = await lab.requests();
    expect(by.filter((one) => one.path.endsWith('/config'))).toEqual([]);
    await lab.simulator.lift(fault);
    await lab.simulator.control('POST', '/guests/100', { tags: ['db'] });
    await lab.sees(({ guests }) => expect(guests['100']?.unknown).toEqual([]));
  });

  test('a node that is down is offline, keeps its guests, and is not asked for each of them', async () => {
    await lab.simulator.control('POST', '/nodes/pve1', { status: 'offline' });
    await lab.sees(({ nodes, guests }) => {
      expect(nodes.pve1?.status).toBe('offline');
      expect(nodes.pve1?.guests).toEqual([100, 102, 103]);
      expect(guests['100']?.node).toBe('pve1');
    });
    await eventually(() =>
      expect(lab.told('node.status-changed').map(({ data }) => data)).toEqual([
        { node: 'pve1', status: 'offline', previous_status: 'online' },
      ]),
    );
    // Five minutes later Proxmox has forgotten what they are called; we have not.
    await lab.simulator.control('POST', '/clock', { advance_s: 310 });
    await lab.sees(({ guests }) =>
      expect(guests['100']).toMatchObject({
        ...{ status: 'unknown', name: 'vm-100', mem_max_gb: 2, unknown: ['stats'] },
        disks: [{ storage: 'ceph1' }],
        movable: { online: false, offline: false },
      }),
    );
    await lab.simulator.control('POST', '/nodes/pve1', { status: 'online' });
    await lab.sees(({ nodes }) => expect(nodes.pve1?.status).toBe('online'));
  });

  test('without the list of resources there is no half snapshot, and the failure is told once', async () => {
    const fault = await lab.simulator.fault({ kind: 'api-error', path: '/cluster/resources', message: 'no luck' });
    await lab.refresh();
    await eventually(() => expect(lab.told('cluster.collection-failed')).toHaveLength(1));
    const count = lab.snapshots.length;
    await lab.refresh();
    await eventually(async () => {
      const { by } = await lab.requests();
      expect(by.find((one) => one.path === '/cluster/resources')?.count).toBeGreaterThan(1);
    });
    expect(lab.snapshots).toHaveLength(count);
    expect(lab.told('cluster.collection-failed').map(({ data }) => data)).toMatchObject([
      { reason: 'no luck', last_collected_at: expect.any(String) },
    ]);
    await lab.simulator.lift(fault);
    await lab.sees(() => undefined);
    expect(lab.told('cluster.collection-failed')).toHaveLength(1);
    await lab.simulator.fault({ kind: 'api-error', path: '/cluster/resources', message: 'no luck', times: 1 });
    await lab.refresh();
    await eventually(() => expect(lab.told('cluster.collection-failed')).toHaveLength(2));
  });

  test('ten requests at once are at most two collections', async () => {
    await lab.sees(() => undefined);
    const before = lab.snapshots.length;
    await Promise.all(Array.from({ length: 10 }, () => lab.refresh()));
    await lab.sees(() => undefined);
    expect(lab.snapshots.length - before).toBeLessThanOrEqual(3);
  });
});

test('HA that can not be read is unknown, and what may be under it stays where it is', async () => {
  await using lab = await openLab({ cluster: cluster(guests), collectors: 0 });
  const fault = await lab.simulator.fault({ kind: 'api-error', path: '/cluster/ha/resources' });
  await lab.openCollector();
  const seen = await lab.sees(({ unknown }) => expect(unknown).toContain('ha'));
  expect(seen.guests['100']).toMatchObject({ ha_managed: null, unknown: ['ha'], movable: { online: false } });
  await lab.simulator.lift(fault);
  await lab.sees(({ guests }) => expect(guests['100']).toMatchObject({ ha_managed: false, unknown: [] }));
});

test('a token that is shown nothing gives no empty cluster', async () => {
  const env = { PROXMOX_TOKEN_ID: nobody.id, PROXMOX_TOKEN_SECRET: nobody.secret };
  await using lab = await openLab({ cluster: cluster(guests), env: (simulator) => ({ ...simulator.env, ...env }) });
  await eventually(() =>
    expect(lab.told('cluster.collection-failed')).toMatchObject([
      { data: { kind: 'permission', last_collected_at: null } },
    ]),
  );
  expect(lab.snapshots).toEqual([]);
});

test('a token that is shown a part says so, and takes what is hidden for unknown', async () => {
  const env = { PROXMOX_TOKEN_ID: partial.id, PROXMOX_TOKEN_SECRET: partial.secret };
  await using lab = await openLab({ cluster: cluster(guests), env: (simulator) => ({ ...simulator.env, ...env }) });
  const seen = await lab.sees(({ guests }) => expect(Object.keys(guests)).toEqual(['100']));
  expect([...seen.unknown].sort()).toEqual(['guests', 'ha', 'ha_rules', 'options', 'quorum', 'tasks']);
  expect(seen).toMatchObject({ pve_crs: null, cluster_health: { quorate: null }, ha_rules: null });
  expect(seen.guests['100']?.movable).toMatchObject({ online: false, offline: false });
});

test('without a connection a refresh is refused, and settings bring one without a restart', async () => {
  await using lab = await openLab({ cluster: cluster(guests), env: () => ({}) });
  await eventually(async () =>
    expect(await lab.kit.bus.ask(CollectNow, { requested_by: 'test' })).toMatchObject({
      error: { code: 'proxmox-not-configured' },
    }),
  );
  const settings = (of: Lab['simulator']) => ({
    proxmox_host: of.hosts.join(','),
    proxmox_api_token_id: of.env.PROXMOX_TOKEN_ID,
    proxmox_api_token_secret: of.env.PROXMOX_TOKEN_SECRET,
    proxmox_verify_ssl: false,
  });
  await lab.setSettings({ ...settings(lab.simulator), proxmox_host: 'not_a_host-' });
  await eventually(async () =>
    expect(await lab.kit.bus.ask(CollectNow, { requested_by: 'test' })).toMatchObject({
      error: { message: expect.stringContaining("'not_a_host-' is not a host") },
    }),
  );
  await lab.setSettings(settings(lab.simulator));
  await eventually(() => expect(lab.snapshots.at(-1)?.cluster_name).toBe('lab'));
  await using other = await openLab({ cluster: { ...cluster([vm(500)]), name: 'other' }, collectors: 0 });
  await lab.setSettings(settings(other.simulator));
  await eventually(() => expect(lab.snapshots.at(-1)?.cluster_name).toBe('other'));
  expect(Object.keys(lab.snapshots.at(-1)?.guests ?? {})).toEqual(['500']);
});
