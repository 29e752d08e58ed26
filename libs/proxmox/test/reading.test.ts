import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Proxmox, sidVmid } from '../src/index.ts';
import { client, failure } from './client.ts';
import { cluster } from './cluster.ts';
import { type Simulator, startSimulator } from './simulator.ts';

let simulator: Simulator;
let proxmox: Proxmox & AsyncDisposable;
const clientOf = (more: Partial<Simulator['options']> = {}) =>
  client(simulator.options.hosts, { ...simulator.options, timeoutMs: 10_000, ...more });

beforeAll(async () => {
  simulator = await startSimulator(cluster, ['--speed', '20']);
  proxmox = clientOf();
});
afterAll(async () => {
  await proxmox.close();
  await simulator[Symbol.asyncDispose]();
});

describe('reading a cluster', () => {
  test('resources, status, version, options, permissions', async () => {
    const { nodes, guests, storages, malformed } = await proxmox.clusterResources();
    expect(malformed).toEqual([]);
    expect(nodes.map(({ name, status }) => [name, status]).sort()).toEqual([1, 2, 3].map((n) => [`pve${n}`, 'online']));
    expect(guests).toHaveLength(cluster.guests.length);
    expect(guests.find(({ vmid }) => vmid === 100)).toMatchObject({
      kind: 'qemu',
      node: 'pve1',
      status: 'running',
      tags: ['exclude_web', 'front'],
    });
    expect(storages.filter(({ storage }) => storage === 'ceph1')).toHaveLength(3);
    expect(await proxmox.clusterStatus()).toMatchObject({ name: 'lab', quorate: true, standalone: false });
    expect(await proxmox.version()).toMatchObject({ major: 9 });
    expect((await proxmox.clusterOptions()).crs.haAutoRebalance).toBe(false);
    expect((await proxmox.permissions())['/']).toMatchObject({ 'VM.Audit': true });
  });

  test('nodes: status, history, storage, and the certificate each one shows', async () => {
    const [first] = (await proxmox.nodes()).filter(({ name }) => name === 'pve1');
    expect(first).toMatchObject({ status: 'online', sslFingerprint: simulator.fingerprint('pve1') });
    expect(await proxmox.nodeStatus('pve2')).toMatchObject({
      memory: { totalBytes: 64 * 1024 ** 3 },
      cpu: { threads: 16 },
    });
    const samples = await proxmox.nodeRrd('pve1', 'hour');
    expect(samples.length).toBeGreaterThan(50);
    expect(samples.at(0)?.memTotalBytes).toBe(64 * 1024 ** 3);
    expect((await proxmox.nodeStorage('pve1')).find(({ storage }) => storage === 'local-lvm')).toMatchObject({
      active: true,
      shared: false,
    });
  });

  test('guests: configuration, status, snapshots, history', async () => {
    const config = await proxmox.guestConfig('pve1', 'qemu', 100);
    expect(config.raw).toMatchObject({ name: 'web', memory: '4096' });
    expect(config.digest).toMatch(/^[0-9a-f]{40}$/);
    expect((await proxmox.guestConfig('pve1', 'qemu', 107)).lock).toBe('backup');
    expect(await proxmox.guestStatus('pve1', 'lxc', 201)).toMatchObject({
      vmid: 201,
      status: 'running',
      ha: { managed: false },
    });
    expect((await proxmox.guestSnapshots('pve1', 'qemu', 100)).map(({ name }) => name)).toEqual(['before']);
    expect((await proxmox.guestRrd('pve1', 'qemu', 100, 'hour')).length).toBeGreaterThan(50);
  });

  test('a device that a running guest is to lose at its next start is still in its configuration', async () => {
    await using admin = clientOf({ tokenId: 'admin@pve!all', tokenSecret: '11111111-2222-4333-8444-777777777777' });
    await admin.setGuestConfig('pve1', 'qemu', 102, { delete: 'hostpci0', cores: 8 });
    const { raw } = await proxmox.guestConfig('pve1', 'qemu', 102);
    expect(raw).toMatchObject({ hostpci0: '0000:01:00.0', cores: 2 });
  });

  test('what stands in the way of a migration', async () => {
    const shared = await proxmox.migratePreconditions('pve1', 'qemu', 100, 'pve2');
    expect(shared).toMatchObject({ running: true, localDisks: [], localResources: [] });
    expect((await proxmox.migratePreconditions('pve1', 'qemu', 101))?.localDisks).toMatchObject([
      { drive: 'scsi0', attached: true },
    ]);
    expect((await proxmox.migratePreconditions('pve1', 'qemu', 102))?.localResources).toEqual(['hostpci0']);
    expect(await proxmox.migratePreconditions('pve1', 'lxc', 201)).toMatchObject({ running: true });
    expect(await failure(proxmox.migratePreconditions('pve1', 'qemu', 107))).toMatchObject({
      kind: 'refused',
      retryable: true,
      reason: 'VM is locked (backup)',
    });
  });

  test('storage as it is set up and as a node has it', async () => {
    const storages = await proxmox.storageDefinitions();
    expect(storages.find(({ storage }) => storage === 'ceph1')).toMatchObject({
      type: 'rbd',
      shared: true,
      nodes: null,
    });
    expect(storages.find(({ storage }) => storage === 'local-lvm')).toMatchObject({ shared: false, enabled: true });
  });

  test('the guests of one node, with their pressure; pools; guests without a backup', async () => {
    const vms = await proxmox.nodeGuests('pve1', 'qemu');
    expect(vms.map(({ vmid }) => vmid).sort()).toEqual([100, 101, 102, 103, 104, 105, 106, 107, 108]);
    expect(vms.find(({ vmid }) => vmid === 100)?.pressure.cpuSomePercent).toBeGreaterThanOrEqual(0);
    expect(await proxmox.nodeGuests('pve2', 'lxc')).toEqual([]);
    expect(await proxmox.pools()).toEqual([]);
    expect((await proxmox.guestsWithoutBackup()).length).toBeLessThanOrEqual(cluster.guests.length);
  });

  test('high availability on 9: resources and rules, no groups', async () => {
    const resources = await proxmox.haResources();
    expect(resources.map(({ sid }) => sidVmid(sid))).toEqual([106]);
    expect(await proxmox.haRules()).toEqual([]);
    expect(await proxmox.haGroups()).toBeNull();
    expect((await proxmox.haManagerStatus()).services['vm:106']).toMatchObject({ node: 'pve1', state: 'started' });
    const status = await proxmox.haStatus();
    expect(status).toMatchObject({ quorate: true, services: [{ sid: 'vm:106', vmid: 106, node: 'pve1' }] });
    expect(status.agents.map(({ node }) => node).sort()).toEqual(['pve1', 'pve2', 'pve3']);
  });

  test('a node in maintenance shows in the manager status', async () => {
    await simulator.control('nodes/pve3', { status: 'maintenance' });
    expect((await proxmox.haManagerStatus()).maintenanceNodes).toEqual(['pve3']);
    await simulator.control('nodes/pve3', { status: 'online' });
  });

  test('tags are written, but not over the change of another', async () => {
    const { digest } = await proxmox.guestConfig('pve1', 'qemu', 100);
    await proxmox.setGuestConfig('pve1', 'qemu', 100, { tags: 'new;front' }, digest ?? undefined);
    expect((await proxmox.guestConfig('pve1', 'qemu', 100)).raw.tags).toBe('front;new');
    const late = proxmox.setGuestConfig('pve1', 'qemu', 100, { tags: 'mine' }, digest ?? undefined);
    expect(await failure(late)).toMatchObject({
      kind: 'refused',
      reason: expect.stringContaining('detected modified configuration'),
    });
  });
});
