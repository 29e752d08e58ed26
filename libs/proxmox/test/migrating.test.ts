import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import {
  type GuestKind,
  type MigrateRequest,
  migrationProgress,
  type Proxmox,
  parseUpid,
  taskFailureReason,
  waitForTask,
} from '../src/index.ts';
import { client, failure } from './client.ts';
import { cluster } from './cluster.ts';
import { type Simulator, startSimulator } from './simulator.ts';

let simulator: Simulator;
let proxmox: Proxmox & AsyncDisposable;

beforeAll(async () => {
  simulator = await startSimulator(cluster, ['--speed', '20']);
  proxmox = client(simulator.options.hosts, { ...simulator.options, timeoutMs: 10_000 });
});
afterAll(async () => {
  await proxmox.close();
  await simulator[Symbol.asyncDispose]();
});

const request = (kind: GuestKind, vmid: number, more: Partial<MigrateRequest> = {}): MigrateRequest => ({
  node: 'pve1',
  kind,
  vmid,
  target: 'pve2',
  online: true,
  withLocalDisks: false,
  restart: true,
  ...more,
});

const follow = async (upid: string, lostAfterMs?: number) => {
  const lines: string[] = [];
  const progress = migrationProgress();
  const states: ReturnType<typeof progress.feed>[] = [];
  const troubles: string[] = [];
  const end = await waitForTask(proxmox, upid, {
    pollMs: 20,
    onLog: (next) => {
      lines.push(...next);
      states.push(progress.feed(next));
    },
    onTrouble: ({ kind }) => troubles.push(kind),
    ...(lostAfterMs === undefined ? {} : { lostAfterMs }),
  });
  return { end, lines, states, troubles, last: progress.feed([]) };
};

const nodeOf = async (vmid: number) =>
  (await proxmox.clusterResources()).guests.find((guest) => guest.vmid === vmid)?.node;

test('a live migration is followed to its end, every line once', async () => {
  const upid = await proxmox.migrateGuest(request('qemu', 100, { bwlimitKib: 1_048_576 }));
  expect(parseUpid(upid)).toMatchObject({
    node: 'pve1',
    type: 'qmigrate',
    id: '100',
    user: 'proxbalance@pve',
    tokenId: 'main',
  });
  expect((await proxmox.clusterTasks()).find((task) => task.upid === upid)).toMatchObject({ running: true, vmid: 100 });
  const { end, lines, states, last } = await follow(upid);
  expect(end).toEqual({ lost: false, exitStatus: 'OK', success: true, warnings: false, linesRead: lines.length });
  expect(await proxmox.taskLog(upid, { start: 0, limit: 0 })).toEqual({ lines, total: lines.length });
  expect(last).toMatchObject({ phase: 'finishing', percentage: 100, targetNode: 'pve2', errors: [] });
  expect(last.downtimeMs).toBeGreaterThan(0);
  expect(states.some(({ phase, bytesPerSecond }) => phase === 'memory' && (bytesPerSecond ?? 0) > 0)).toBe(true);
  expect(await nodeOf(100)).toBe('pve2');
  const history = await proxmox.nodeTasks('pve1', { vmid: 100, typefilter: 'qmigrate', source: 'all' });
  expect(history[0]).toMatchObject({ upid, running: false, exitStatus: 'OK' });
});

test('local disks show up by name and come before the memory', async () => {
  const upid = await proxmox.migrateGuest(request('qemu', 101, { withLocalDisks: true }));
  const { end, last, states } = await follow(upid);
  expect(end).toMatchObject({ success: true });
  expect(Object.keys(last.disks)).toEqual(['mirror-scsi0']);
  expect(last.disks['mirror-scsi0']?.totalBytes).toBe(4 * 1024 ** 3);
  expect(states.map(({ phase }) => phase)).toContain('disks');
});

test('a container is restarted on the other side', async () => {
  const { end, last } = await follow(await proxmox.migrateGuest(request('lxc', 201)));
  expect(end).toMatchObject({ success: true });
  expect(last).toMatchObject({ phase: 'finishing', targetNode: 'pve2' });
  expect(await nodeOf(201)).toBe('pve2');
});

test('a stopped VM moves offline', async () => {
  const upid = await proxmox.migrateGuest(request('qemu', 108, { online: false }));
  expect((await follow(upid)).end).toMatchObject({ success: true });
});

test('a migration that fails tells why, not just that', async () => {
  await simulator.control('faults', { kind: 'migration-fails', vmid: 103, phase: 'phase2' });
  const { end, lines } = await follow(await proxmox.migrateGuest(request('qemu', 103)));
  expect(end).toMatchObject({ lost: false, success: false, exitStatus: 'migration problems' });
  expect(taskFailureReason(lines, 'migration problems')).toMatch(/online migrate failure - ./);
  expect(await nodeOf(103)).toBe('pve1');
  await simulator.clearFaults();
});

test('a stopped task ends with its guest where it was', async () => {
  await simulator.control('faults', { kind: 'migration-stalls', vmid: 103 });
  const upid = await proxmox.migrateGuest(request('qemu', 103));
  await eventually(async () =>
    expect((await proxmox.taskLog(upid, { start: 0, limit: 0 })).lines.join('\n')).toContain('migration active'),
  );
  await proxmox.stopTask(upid);
  const { end, lines } = await follow(upid);
  expect(end).toMatchObject({ success: false });
  expect(taskFailureReason(lines, null)).toContain('interrupted');
  await simulator.clearFaults();
});

test('following goes on from a line, and stops when told to', async () => {
  await simulator.control('faults', { kind: 'migration-stalls', vmid: 103 });
  const upid = await proxmox.migrateGuest(request('qemu', 103));
  const known = await eventually(async () => {
    const { lines } = await proxmox.taskLog(upid, { start: 0, limit: 0 });
    expect(lines.length).toBeGreaterThan(3);
    return lines;
  });
  const stop = new AbortController();
  const more: string[] = [];
  const onLog = (lines: string[]) => {
    more.push(...lines);
    if (more.length > 3) stop.abort(new Error('enough'));
  };
  const waiting = waitForTask(proxmox, upid, { pollMs: 20, signal: stop.signal, fromLine: known.length, onLog });
  expect(String(await failure(waiting))).toContain('enough');
  const { lines } = await proxmox.taskLog(upid, { start: 0, limit: known.length + more.length });
  expect([...known, ...more]).toEqual(lines);
  await proxmox.stopTask(upid);
  await simulator.clearFaults();
});

test('a task that vanishes is lost, not failed', async () => {
  await simulator.control('faults', { kind: 'task-vanishes', vmid: 104 });
  const { end } = await follow(await proxmox.migrateGuest(request('qemu', 104)));
  expect(end).toMatchObject({ lost: true });
  await simulator.clearFaults();
});

test('a task nobody knows is lost at once', async () => {
  const { end } = await follow('UPID:pve1:001F2A3B:0A1B2C3D:68D9F001:qmigrate:100:a@pve:');
  expect(end).toMatchObject({ lost: true, linesRead: 0, reason: expect.stringContaining('does not know') });
});

test('an HA guest: the task only hands the request on, the guest follows later', async () => {
  const upid = await proxmox.migrateGuest(request('qemu', 106));
  expect(parseUpid(upid)?.type).toBe('hamigrate');
  expect((await follow(upid)).end).toMatchObject({ success: true });
  const arrived = async (node: string) => {
    const { services } = await proxmox.haManagerStatus();
    expect(services['vm:106']).toMatchObject({ node, state: 'started', target: null });
  };
  await eventually(() => arrived('pve2'));
  expect(await proxmox.haMigrate('vm:106', 'pve3')).toEqual({ comigrated: [], blocking: [] });
  await eventually(() => arrived('pve3'));
  expect(await nodeOf(106)).toBe('pve3');
});

test('following survives a node that is away for a while, and gives up when it stays away', async () => {
  await simulator.control('faults', { kind: 'migration-stalls', vmid: 105 });
  const upid = await proxmox.migrateGuest(request('qemu', 105));
  await simulator.control('faults', { kind: 'node-down', node: 'pve1' });
  const { end, troubles } = await follow(upid, 500);
  expect(end).toMatchObject({ lost: true, reason: expect.stringContaining('unreachable') });
  expect(new Set(troubles)).toEqual(new Set(['node-unreachable']));
  await simulator.clearFaults();
});
