import { Queue } from 'bullmq';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { ct, vm } from './support/cluster.ts';
import { type Lab, openLab } from './support/lab.ts';
import { openProxy } from './support/proxy.ts';

let lab: Lab;
beforeAll(async () => {
  lab = await openLab({ guests: [...Array.from({ length: 14 }, (_, index) => vm(100 + index)), ct(200)] });
  await lab.setSettings({ migration_limits: { cluster: 16, per_source: 16, per_target: 16 } });
});
afterAll(() => lab[Symbol.asyncDispose]());

const stall = (vmid: number) => lab.simulator.fault({ kind: 'migration-stalls', vmid });

describe.concurrent('the truth is where the guest is', () => {
  test.for([
    ['phase1', 'pve1', 'failed', 'proxmox-error'],
    ['phase2', 'pve1', 'failed', 'proxmox-error'],
    ['phase3', 'pve2', 'completed', undefined],
  ] as const)('a task that fails in %s leaves the guest on %s', async ([phase, node, state, code]) => {
    const vmid = { phase1: 100, phase2: 101, phase3: 102 }[phase];
    await lab.simulator.fault({ kind: 'migration-fails', vmid, phase, message: `no luck in ${phase}` });
    await lab.accepted(vmid);
    const end = await lab.end(vmid);
    expect(end).toMatchObject({ state, final_node: node });
    expect(end.error?.code).toBe(code);
    expect(JSON.stringify(end)).toContain(`no luck in ${phase}`);
    expect(await lab.simulator.nodeOf(vmid)).toBe(node);
  });

  test('a task that vanishes: the guest stayed, and keeps a lock that is told of', async () => {
    await lab.simulator.fault({ kind: 'task-vanishes', vmid: 103 });
    await lab.accepted(103);
    const end = await lab.end(103);
    expect(end).toMatchObject({ state: 'failed', final_node: 'pve1' });
    expect(end.error?.message).toContain('qm unlock 103');
  });

  test('somebody else moves it meanwhile', async () => {
    await stall(104);
    const { task_id } = await lab.accepted(104);
    await lab.simulator.fault({ kind: 'task-vanishes', vmid: 104 });
    await eventually(async () => expect(await lab.simulator.moves(104)).toMatchObject([{ status: 'stopped' }]));
    await lab.simulator.control('POST', '/guests/104', { node: 'pve3', lock: '' });
    expect(await lab.end(104)).toMatchObject({
      state: 'failed',
      task_id,
      final_node: 'pve3',
      error: { code: 'guest-elsewhere' },
    });
  });

  test('it is deleted meanwhile', async () => {
    await stall(105);
    await lab.accepted(105);
    await lab.simulator.control('DELETE', '/guests/105');
    expect(await lab.end(105)).toMatchObject({
      state: 'failed',
      final_node: null,
      error: { code: 'guest-not-found' },
    });
  });

  test('a container whose move fails after its shutdown is found on its source', async () => {
    await lab.simulator.fault({ kind: 'migration-fails', vmid: 200, phase: 'phase1', message: 'no room' });
    await lab.accepted(200, { type: 'CT' });
    expect(await lab.end(200)).toMatchObject({ state: 'failed', final_node: 'pve1', error: { message: 'no room' } });
  });

  test('a lock that appears between the request and the checks stops it', async () => {
    await lab.simulator.fault({ kind: 'api-latency', path: '/nodes/pve1/qemu/106/config', ms: 1000 });
    const asking = lab.accepted(106);
    await lab.reaches(106, 'queued');
    await lab.simulator.fault({ kind: 'lock', vmid: 106, lock: 'backup' });
    expect(await asking).toMatchObject({ state: 'failed', error: { code: 'check-failed' } });
  });

  test('a record that can not be read does not hold its slots, nor others up', async () => {
    const fault = await stall(107);
    const { migration_id } = await lab.accepted(107);
    await lab.kit.redis.client.hset(lab.key(migration_id), 'record', '{"half":', 'version', '99');
    expect(await lab.accepted(108)).toMatchObject({ state: 'running' });
    await lab.simulator.lift(fault);
    expect(await lab.end(107)).toMatchObject({ state: 'completed', migration_id, final_node: 'pve2' });
    expect((await lab.books()).reserved).not.toContain('107');
  });
});

test('a task that may not be read is not a failed one: the record says what it waits for, and it is followed again', async () => {
  const fault = await stall(109);
  await lab.accepted(109);
  const revoked = await lab.simulator.fault({ kind: 'auth-revoked' });
  await eventually(() =>
    expect(lab.latest(109)).toMatchObject({ state: 'running', waiting_for: expect.stringContaining('Proxmox: ') }),
  );
  await lab.simulator.lift(revoked);
  await lab.simulator.lift(fault);
  const end = await lab.end(109);
  expect(end).toMatchObject({ state: 'completed', waiting_for: null });
  expect(end.timeline.filter((step) => step.state === 'running')).toHaveLength(2);
});

test('an answer that gets lost: the task is found and adopted, and never started twice', async () => {
  await using own = await openLab({ guests: [vm(100)], migrators: 0 });
  await using proxy = await openProxy(own.simulator.hosts[0] ?? '');
  own.env.PROXMOX_HOSTS = proxy.host;
  await own.openMigrator();
  await own.simulator.fault({ kind: 'migration-stalls', vmid: 100 });
  await own.simulator.fault({ kind: 'api-latency', method: 'POST', ms: 3000 });
  const asking = own.accepted(100);
  // The request is there, and its answer is not: from here on nothing comes back.
  await eventually(async () =>
    expect(await own.simulator.underWay()).toContainEqual(expect.stringMatching(/migrate$/)),
  );
  proxy.swallow('answers');
  await eventually(async () => expect(await own.simulator.moves(100)).toHaveLength(1));
  proxy.reset();
  await asking;
  await own.simulator.control('DELETE', '/faults');
  const end = await own.end(100);
  expect(end).toMatchObject({ state: 'completed' });
  expect(end.timeline.map((step) => step.detail)).toContain('found the task that had been started');
  expect(await own.simulator.moves(100)).toHaveLength(1);
});

describe.concurrent('whether a task runs is found out by looking', () => {
  test.for([
    ['the connection breaks', 110, { kind: 'connection-reset' }],
    ['the host loses sight of the node', 111, { kind: 'api-error', status: 596, message: 'Connection timed out' }],
    ['somebody in between runs out of time', 112, { kind: 'api-error', status: 504, message: 'Gateway Time-out' }],
  ] as const)('%s: asked again only once the request can no longer arrive', async ([, vmid, fault]) => {
    await lab.simulator.fault({ ...fault, method: 'POST', path: `/nodes/pve1/qemu/${vmid}/migrate`, times: 1 });
    await lab.accepted(vmid);
    const end = await lab.end(vmid, 45_000);
    expect(end).toMatchObject({ state: 'completed' });
    expect(end.timeline.map((step) => step.detail)).toContain('no task was started, beginning again');
    expect(await lab.simulator.moves(vmid)).toHaveLength(1);
  });

  test('a request that leaves no trace is made three times, then the move has failed', async () => {
    const path = '/nodes/pve1/qemu/113/migrate';
    await lab.simulator.fault({ kind: 'api-error', status: 504, message: 'Gateway Time-out', method: 'POST', path });
    await lab.accepted(113);
    const end = await lab.end(113, 90_000);
    expect(end).toMatchObject({ state: 'failed', final_node: 'pve1', error: { code: 'proxmox-timeout' } });
    expect(await lab.simulator.moves(113)).toEqual([]);
  });

  test('a connection that is changed meanwhile is used at once for what is under way', async () => {
    await using own = await openLab({ guests: [vm(100)], migrators: 0, env: noConnection });
    const { hosts, env } = own.simulator;
    const connection = {
      proxmox_host: hosts.join(','),
      proxmox_api_token_id: env.PROXMOX_TOKEN_ID,
      proxmox_api_token_secret: env.PROXMOX_TOKEN_SECRET,
      proxmox_verify_ssl: false,
    };
    await own.setSettings(connection);
    await own.openMigrator();
    const fault = await own.simulator.fault({ kind: 'migration-stalls', vmid: 100 });
    await own.accepted(100);
    await own.setSettings({ ...connection, proxmox_host: '' });
    await eventually(() => expect(own.latest(100)?.waiting_for).toContain('no Proxmox connection is configured'));
    await own.setSettings({ ...connection, proxmox_host: hosts.toReversed().join(',') });
    await own.simulator.lift(fault);
    expect(await own.end(100)).toMatchObject({ state: 'completed', waiting_for: null });
  });

  test('a job that Redis lost is given back to its move', async () => {
    await using own = await openLab({ guests: [vm(100), vm(101)] });
    await own.simulator.fault({ kind: 'migration-stalls', vmid: 100 });
    await own.accepted(100);
    const { migration_id } = await own.accepted(101);
    const prefix = `${own.env.PROXBALANCE_NAMESPACE}:migrator`;
    const queue = new Queue('migrations', { connection: own.kit.redis.client, prefix });
    await eventually(async () => expect(await queue.remove(migration_id)).toBe(1));
    await queue.close();
    await own.simulator.control('DELETE', '/faults');
    expect(await own.end(101, 45_000)).toMatchObject({ state: 'completed' });
  });
});

const noConnection = () => ({
  PROXMOX_HOSTS: '',
  PROXMOX_TOKEN_ID: '',
  PROXMOX_TOKEN_SECRET: '',
  PROXMOX_CA_FILE: '',
});
