import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { isProxmoxError, type Proxmox, parseTlsMode } from '../src/index.ts';
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
