import { ReadTask, StopTask } from '@proxbalance/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { auditor, ct, vm } from './support/cluster.ts';
import { type Lab, openLab } from './support/lab.ts';

const gib = 1024 ** 3;

let lab: Lab;
beforeAll(async () => {
  lab = await openLab({
    guests: [
      vm(100),
      vm(101, { template: true, status: 'stopped' }),
      vm(102, { config: { hostpci0: '0000:01:00.0' } }),
      vm(103, { lock: 'backup' }),
      vm(104, { disks: [{ key: 'scsi0', storage: 'only1', size_bytes: gib }] }),
      vm(105, { tags: ['exclude_web'] }),
      vm(106, { mem_bytes: 63 * gib, load: { cpu: 0.1, mem_used_bytes: gib } }),
      vm(107, { config: { ide2: 'local:iso/debian.iso,media=cdrom' } }),
      vm(108, { disks: [{ key: 'scsi0', storage: 'local-lvm', size_bytes: 600 * gib }] }),
      vm(109),
      vm(110),
      vm(111),
      vm(112),
      vm(113),
      ct(200, { config: { mp0: '/srv,mp=/srv' } }),
      vm(300, { node: 'pve2', tags: ['exclude_web'] }),
    ],
  });
});
afterAll(() => lab[Symbol.asyncDispose]());

describe('refused at once', () => {
  test.for([
    ['a guest that does not exist', 999, {}, 'guest-not-found', 'no guest 999'],
    ['a node that does not exist', 100, { target_node: 'pve9' }, 'node-not-found', 'no node pve9'],
    ['a source that does not exist', 100, { source_node: 'pve9' }, 'node-not-found', 'no node pve9'],
    ['a guest on another node', 100, { source_node: 'pve3' }, 'guest-elsewhere', 'is on pve1, not on pve3'],
    ['a target that is the source', 100, { target_node: 'pve1' }, 'invalid-input', 'another node'],
    ['the wrong kind', 100, { type: 'CT' }, 'invalid-input', 'is a VM'],
  ] as const)('%s', async ([, vmid, more, code, message]) => {
    expect(await lab.ask(vmid, more)).toMatchObject({
      ok: false,
      error: { code, message: expect.stringContaining(message) },
    });
    expect((await lab.books()).reserved).toEqual([]);
  });

  test('everything, while Proxmox can not be read', async () => {
    const fault = await lab.simulator.fault({ kind: 'api-error', path: '/cluster/resources', message: 'broken' });
    expect(await lab.ask(100)).toMatchObject({ ok: false, error: { code: 'proxmox-error' } });
    await lab.simulator.lift(fault);
  });
});

describe('refused by a check, with nothing started', () => {
  test.for([
    ['a template', 101, 'guest_state', 'failed', 'is a template'],
    ['a device of the host', 102, 'guest_state', 'failed', 'hostpci0'],
    ['a lock', 103, 'locks', 'failed', 'locked (backup)'],
    ['a storage the target has not', 104, 'storage', 'failed', 'not available on pve2: only1'],
    ['a neighbour to be kept apart from', 105, 'affinity', 'failed', 'exclude_web'],
    ['too little memory', 106, 'resources', 'failed', 'memory may reach 95 %'],
    ['a local medium in the drive', 107, 'guest_state', 'failed', 'debian.iso'],
    ['too little room for its local disk', 108, 'storage', 'failed', 'too little room'],
  ] as const)('%s', async ([, vmid, name, status, detail]) => {
    const migration = await lab.accepted(vmid);
    expect(migration).toMatchObject({ state: 'failed', final_node: 'pve1', error: { code: 'check-failed' } });
    expect(migration.checks).toContainEqual({ name, status, passed: false, detail: expect.stringContaining(detail) });
    expect(migration.error?.message).toContain(detail);
    expect(await lab.simulator.moves(vmid)).toEqual([]);
    expect((await lab.books()).reserved).toEqual([]);
  });

  test('a bind mount that other nodes do not have', async () => {
    const migration = await lab.accepted(200, { type: 'CT' });
    expect(migration.error?.message).toContain('/srv');
  });

  test('a target that is offline, and a cluster without quorum', async () => {
    const down = await lab.simulator.fault({ kind: 'node-down', node: 'pve4' });
    expect((await lab.accepted(109, { target_node: 'pve4' })).error?.message).toContain('pve4 is offline');
    await lab.simulator.lift(down);
    const split = await lab.simulator.fault({ kind: 'quorum-loss' });
    expect((await lab.accepted(110)).error?.message).toContain('no quorum');
    await lab.simulator.lift(split);
  });

  test.for([
    ['the configuration', '/nodes/pve1/qemu/111/config', 'guest_state'],
    ['the quorum', '/cluster/status', 'staleness'],
  ] as const)('what can not be read is not passed: %s', async ([, path, name]) => {
    const fault = await lab.simulator.fault({ kind: 'api-error', path, message: 'no idea' });
    const migration = await lab.accepted(111);
    await lab.simulator.lift(fault);
    expect(migration.state).toBe('failed');
    expect(migration.checks.find((check) => check.name === name)).toMatchObject({
      status: 'unknown',
      passed: false,
      detail: expect.stringContaining('no idea'),
    });
    expect(await lab.simulator.moves(111)).toEqual([]);
  });
});

test('a refusal by Proxmox ends the move with its own words, and frees everything', async () => {
  const fault = await lab.simulator.fault({
    kind: 'api-error',
    method: 'POST',
    path: '/nodes/pve1/qemu/112/migrate',
    message: "can't lock file '/var/lock/qemu-server/lock-112.conf' - got timeout",
  });
  const migration = await lab.accepted(112);
  await lab.simulator.lift(fault);
  expect(migration).toMatchObject({ state: 'failed', task_id: null, error: { code: 'proxmox-error' } });
  expect(migration.error?.message).toContain("can't lock file");
  expect((await lab.books()).reserved).toEqual([]);
});

test('a token that may only look is told so by Proxmox, and nothing runs', async () => {
  const readOnly = { PROXMOX_TOKEN_ID: auditor.id, PROXMOX_TOKEN_SECRET: auditor.secret };
  await using own = await openLab({ guests: [vm(100)], env: () => readOnly });
  const migration = await own.accepted(100);
  expect(migration).toMatchObject({ state: 'failed', error: { code: 'proxmox-error' } });
  expect(migration.error?.message).toContain('VM.Migrate');
  expect(await own.simulator.moves(100)).toEqual([]);
  expect((await own.books()).reserved).toEqual([]);
});

describe('a task', () => {
  const known = 'UPID:pve1:00001000:00000001:69A1B2C3:qmigrate:100:a@pve!b:';
  const foreign = known.replace('pve1', 'pve9');
  const asked = [ReadTask, StopTask].map((contract) => [contract.method, contract] as const);
  const node = (message: unknown) => ({ code: 'invalid-input', details: [{ path: 'node', message }] });

  test.each(asked)('%s: what there is none of is named, never in Proxmox’s own words', async (_, contract) => {
    const ask = (name: string, upid: string) =>
      lab.kit.bus
        .ask(contract, { node: name, upid, requested_by: 'test' })
        .then((outcome) => !outcome.ok && outcome.error);
    const noNode = { code: 'node-not-found', message: 'no node pve9 in the cluster' };
    expect(await ask('pve1', known)).toMatchObject({ code: 'task-not-found', message: expect.stringContaining(known) });
    expect(await ask('pve9', foreign)).toEqual(noNode);
    expect(await ask('pve1', foreign)).toEqual(noNode);
    expect(await ask('pve9', known)).toEqual(noNode);
    expect(await ask('pve2', known)).toMatchObject(node('must be the node in the UPID: pve1'));
    expect(await ask('pve1', known.replace('UPID:pve1', 'UPID:-1-'))).toMatchObject({
      details: [{ path: 'taskid', message: 'must be a UPID' }],
    });
  });

  test('that moves nothing is not stopped', async () => {
    const upid = known.replace('qmigrate', 'qmshutdown');
    expect(await lab.stopTask('pve1', upid)).toMatchObject({
      ok: false,
      error: { code: 'invalid-input', details: [{ path: 'taskid', message: expect.stringContaining('qmshutdown') }] },
    });
  });

  test('whose log can’t be read still says how it stands', async () => {
    await lab.simulator.fault({ kind: 'migration-stalls', vmid: 113 });
    const upid = (await lab.accepted(113)).task_id ?? '';
    const fault = await lab.simulator.fault({ kind: 'api-error', method: 'GET', path: '*/log' });
    const outcome = await lab.kit.bus.ask(ReadTask, { node: 'pve1', upid });
    expect(outcome).toMatchObject({ ok: true, value: { status: 'running', exitstatus: 'unknown', taskid: upid } });
    await lab.simulator.lift(fault);
    await lab.cancel(upid);
    await lab.end(113);
  });
});
