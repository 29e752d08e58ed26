import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isProxmoxError, type Proxmox, parseTlsMode, sidVmid } from '../src/index.ts';
import { client, failure } from './client.ts';
import { cluster } from './cluster.ts';
import { eventually } from './eventually.ts';
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

  test('high availability on 9: resources and rules, no groups', async () => {
    const resources = await proxmox.haResources();
    expect(resources.map(({ sid }) => sidVmid(sid))).toEqual([106]);
    expect(await proxmox.haRules()).toEqual([]);
    expect(await proxmox.haGroups()).toBeNull();
    expect((await proxmox.haManagerStatus()).services['vm:106']).toMatchObject({ node: 'pve1', state: 'started' });
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

describe('who may and who may not', () => {
  test('a revoked token is 401, with the reason from the status line', async () => {
    await simulator.control('faults', { kind: 'auth-revoked' });
    expect(await failure(proxmox.version())).toMatchObject({
      kind: 'authentication',
      status: 401,
      reason: 'Authentication failed!',
    });
    await simulator.clearFaults();
    await eventually(() => proxmox.version());
  });

  test('a token without a right is 403 where it acts, and sees nothing where it looks', async () => {
    await using auditor = clientOf({ tokenId: 'auditor@pve!ro', tokenSecret: '11111111-2222-4333-8444-555555555555' });
    const move = {
      node: 'pve1',
      kind: 'qemu',
      vmid: 100,
      target: 'pve2',
      online: true,
      withLocalDisks: false,
      restart: false,
    } as const;
    expect(await failure(auditor.migrateGuest(move))).toMatchObject({
      kind: 'permission',
      status: 403,
      reason: expect.stringContaining('VM.Migrate'),
    });
    await using nobody = clientOf({ tokenId: 'nobody@pve!none', tokenSecret: '11111111-2222-4333-8444-666666666666' });
    expect(await nobody.clusterResources()).toMatchObject({ guests: [] });
    expect(await nobody.permissions()).toEqual({});
  });

  test('a wrong request names the parameter', async () => {
    const move = {
      node: 'pve1',
      kind: 'qemu',
      vmid: 100,
      target: 'pve1',
      online: true,
      withLocalDisks: false,
      restart: false,
    } as const;
    expect(await failure(proxmox.migrateGuest(move))).toMatchObject({
      kind: 'parameter',
      fields: { target: expect.stringContaining('local node') },
    });
  });
});

describe('certificates and failing nodes', () => {
  test('pinned: the right certificate is used, a wrong one refused and named', async () => {
    const hosts = simulator.options.hosts.slice(0, 1);
    await using pinned = client(hosts, {
      ...simulator.options,
      hosts,
      tls: parseTlsMode(`pin:${simulator.fingerprint('pve1')}`),
    });
    expect(await pinned.version()).toMatchObject({ major: 9 });
    await using wrong = client(hosts, {
      ...simulator.options,
      hosts,
      tls: parseTlsMode(`pin:${simulator.fingerprint('pve2')}`),
    });
    expect(await failure(wrong.version())).toMatchObject({
      kind: 'tls',
      presentedFingerprint: simulator.fingerprint('pve1'),
    });
    await using insecure = client(hosts, { ...simulator.options, hosts, tls: { mode: 'insecure' } });
    expect(await insecure.version()).toMatchObject({ major: 9 });
    await using system = client(hosts, { ...simulator.options, hosts, tls: { mode: 'verify' } });
    expect(await failure(system.version())).toMatchObject({ kind: 'tls' });
  });

  test('the first host dies: the others answer, its own things are unreachable, the rest goes on', async () => {
    await simulator.control('nodes/pve1', { status: 'offline' });
    await using other = clientOf();
    expect(await other.clusterStatus()).toMatchObject({ quorate: true });
    expect((await other.clusterStatus()).nodes.find(({ name }) => name === 'pve1')?.online).toBe(false);
    expect(other.hosts()[0]?.problem).not.toBeNull();
    const error = await failure(other.guestConfig('pve1', 'qemu', 100));
    expect(error).toMatchObject({ kind: 'node-unreachable', status: 595 });
    expect(isProxmoxError(error) && error.reason).toMatch(/route|refused|timed out/i);
    expect(
      other
        .hosts()
        .slice(1)
        .map(({ problem }) => problem),
    ).toEqual([null, null]);
    expect(await other.nodeRrd('pve1', 'hour')).not.toEqual([]);
    await simulator.control('nodes/pve1', { status: 'online' });
    await eventually(async () => {
      await other.version();
      expect(other.hosts()[0]?.problem).toBeNull();
    });
  });

  test('connections that the host resets under a GET are taken up again', async () => {
    await simulator.control('faults', { kind: 'connection-reset', times: 1, method: 'GET' });
    expect(await proxmox.version()).toMatchObject({ major: 9 });
  });
});

test('Proxmox VE 8.4: groups instead of rules, no word on containers', async () => {
  await using old = await startSimulator(cluster, ['--pve', '8.4']);
  await using eight = client(old.options.hosts, { ...old.options, timeoutMs: 10_000 });
  expect(await eight.version()).toMatchObject({ major: 8, minor: 4 });
  expect(await eight.haRules()).toBeNull();
  expect(await eight.haGroups()).toEqual([]);
  expect(await eight.migratePreconditions('pve1', 'lxc', 201)).toBeNull();
  expect((await eight.nodeRrd('pve1', 'hour'))[0]?.pressure.ioSomePercent).toBeNull();
});
