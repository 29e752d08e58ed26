import { describe, expect, test } from 'vitest';
import { ask, rowsOf, tokenWith } from '../../../test/ask.ts';
import { guest, guestIn, smallWorld } from '../../../test/small-cluster.ts';

const CONFIG = '/nodes/pve1/qemu/100/config';

describe('PUT config', () => {
  test.each([
    ['prod;db', 'db;prod'],
    ['b, a c', 'a;b;c'],
    ['UPPER;upper', 'upper'],
  ])('tags %s become %s', (tags, stored) => {
    const world = smallWorld();
    expect(ask(world, 'PUT', CONFIG, { tags })).toMatchObject({ status: 200, data: null });
    expect((ask(world, 'GET', CONFIG).data as { tags: string }).tags).toBe(stored);
    expect(rowsOf(ask(world, 'GET', '/cluster/resources?type=vm')).find((row) => row.vmid === 100)?.tags).toBe(stored);
  });

  test('delete=tags removes them', () => {
    const world = smallWorld();
    ask(world, 'PUT', CONFIG, { delete: 'tags' });
    expect(ask(world, 'GET', CONFIG).data).not.toHaveProperty('tags');
  });

  test('a tag with odd characters is refused', () => {
    expect(ask(smallWorld(), 'PUT', CONFIG, { tags: 'a;b!' })).toMatchObject({
      status: 400,
      errors: { tags: expect.stringContaining('invalid format') },
    });
  });

  test('an old digest is refused, the right one passes and changes', () => {
    const world = smallWorld();
    const { digest } = ask(world, 'GET', CONFIG).data as { digest: string };
    expect(ask(world, 'PUT', CONFIG, { tags: 'x', digest }).status).toBe(200);
    expect(ask(world, 'PUT', CONFIG, { tags: 'y', digest })).toMatchObject({
      status: 500,
      message: 'detected modified configuration - file changed by other user? Try again.',
    });
  });

  test('a locked guest is not edited', () => {
    const world = smallWorld({ guests: [guest(100, { lock: 'backup' })] });
    expect(ask(world, 'PUT', CONFIG, { tags: 'x' }).message).toBe('VM is locked (backup)');
    expect((ask(world, 'GET', CONFIG).data as { lock: string }).lock).toBe('backup');
  });

  test('each key needs its own privilege, some are root only', () => {
    const world = smallWorld();
    const token = tokenWith(world, { '/': 'ProxBalance' });
    expect(ask(world, 'PUT', CONFIG, { tags: 'x' }, { token }).status).toBe(200);
    expect(ask(world, 'PUT', CONFIG, { cores: 4 }, { token })).toMatchObject({
      status: 403,
      message: 'Permission check failed (/vms/100, VM.Config.CPU)',
    });
    expect(ask(world, 'PUT', CONFIG, { skiplock: 1 }, { token })).toMatchObject({
      status: 400,
      errors: { skiplock: 'Only root may use this option.' },
    });
  });

  test('containers take tags as well', () => {
    const world = smallWorld();
    ask(world, 'PUT', '/nodes/pve1/lxc/201/config', { tags: 'x' });
    expect(guestIn(world, 201).config.get('tags')).toBe('x');
  });
});

test('snapshots end with the present', () => {
  const world = smallWorld({ guests: [guest(100, { snapshots: ['before'] })] });
  expect(rowsOf(ask(world, 'GET', '/nodes/pve1/qemu/100/snapshot'))).toMatchObject([
    { name: 'before', vmstate: 0 },
    { name: 'current', parent: 'before', running: 1, description: 'You are here!' },
  ]);
  expect(ask(world, 'GET', '/nodes/pve1/qemu/100/config').data).toMatchObject({ parent: 'before' });
  expect(ask(smallWorld(), 'GET', '/nodes/pve1/qemu/100/config').data).not.toHaveProperty('parent');
});

describe('agent/info', () => {
  test('answers with the right', () => {
    expect(ask(smallWorld(), 'GET', '/nodes/pve1/qemu/100/agent/info').data).toMatchObject({
      result: { supported_commands: expect.any(Array) },
    });
  });

  test('the default role does not hold it', () => {
    const world = smallWorld();
    const token = tokenWith(world, { '/': 'ProxBalance' });
    expect(ask(world, 'GET', '/nodes/pve1/qemu/100/agent/info', {}, { token }).message).toBe(
      'Permission check failed (/vms/100, VM.GuestAgent.Audit|VM.GuestAgent.Unrestricted)',
    );
  });
});

describe('GET migrate', () => {
  const preconditions = (world: ReturnType<typeof smallWorld>, vmid: number) =>
    ask(world, 'GET', `/nodes/pve1/qemu/${vmid}/migrate`).data;

  test('local disks and devices are listed', () => {
    expect(preconditions(smallWorld(), 101)).toMatchObject({
      local_disks: [{ volid: 'local-zfs:vm-101-disk-0', drivename: 'scsi0', size: 8_589_934_592 }],
    });
    expect(preconditions(smallWorld(), 102)).toMatchObject({ local_resources: ['hostpci0'] });
  });

  test('a node without the storage is named, an allowed one has an empty object', () => {
    const storages = [{ storage: 'ceph1', type: 'rbd' }];
    const node = (name: string, has: object[]) => ({ name, cores: 8, mem_bytes: 1e11, storages: has });
    const world = smallWorld({
      nodes: [node('pve1', storages), node('pve2', []), node('pve3', storages)],
      guests: [guest(100)],
    });
    expect(preconditions(world, 100)).toMatchObject({
      allowed_nodes: ['pve3'],
      not_allowed_nodes: { pve2: { unavailable_storages: ['ceph1'] }, pve3: {} },
    });
    const refused = ask(world, 'POST', '/nodes/pve1/qemu/100/migrate', { target: 'pve2', online: 1 });
    expect(refused).toMatchObject({ status: 500, message: "storage 'ceph1' is not available on node 'pve2'" });
  });

  test('HA guests say who blocks and who comes along', () => {
    const world = smallWorld({
      ha_rules: [{ rule: 'apart', type: 'resource-affinity', affinity: 'negative', resources: 'vm:103,vm:104' }],
    });
    expect(preconditions(world, 103)).toMatchObject({
      allowed_nodes: ['pve3'],
      not_allowed_nodes: { pve2: { 'blocking-ha-resources': [{ sid: 'vm:104', cause: 'resource-affinity' }] } },
      'dependent-ha-resources': [],
    });
  });
});

describe('POST migrate, before there is a task', () => {
  const post = (world: ReturnType<typeof smallWorld>, form: object) =>
    ask(world, 'POST', '/nodes/pve1/qemu/100/migrate', form as Record<string, unknown>);

  test.each([
    [{ target: 'pve1', online: 1 }, { target: 'target is local node.' }],
    [{ target: 'pve2', online: 1, force: 1 }, { force: 'Only root may use this option.' }],
  ])('%o is a wrong parameter', (form, errors) =>
    expect(post(smallWorld(), form)).toMatchObject({ status: 400, errors }),
  );

  test('a second one finds the lock of the first', () => {
    const world = smallWorld();
    expect(post(world, { target: 'pve2', online: 1 }).status).toBe(200);
    expect(post(world, { target: 'pve3', online: 1 })).toMatchObject({
      status: 500,
      message: 'VM is locked (migrate)',
    });
  });

  test('a target storage asks for rights of its own', () => {
    const world = smallWorld({ roles: { Mover: 'VM.Migrate VM.Audit' } });
    const token = tokenWith(world, { '/': 'Mover' });
    const form = { target: 'pve2', online: 1, targetstorage: 'local-zfs', 'with-local-disks': 1 };
    expect(ask(world, 'POST', '/nodes/pve1/qemu/100/migrate', form, { token }).message).toBe(
      'Permission check failed (/vms/100, VM.Config.Disk)',
    );
  });

  test('a disabled storage is called so', () => {
    const storages = (enabled: boolean) => [{ storage: 'ceph1', type: 'rbd', enabled }];
    const world = smallWorld({
      nodes: ['pve1', 'pve2'].map((name) => ({ name, cores: 8, mem_bytes: 1e11, storages: storages(name === 'pve1') })),
      guests: [guest(100)],
    });
    expect(post(world, { target: 'pve2', online: 1 }).message).toBe("storage 'ceph1' is disabled");
  });
});

describe('power', () => {
  test.each([
    ['qemu', 105, 'start', 'qmstart', true],
    ['qemu', 100, 'stop', 'qmstop', false],
    ['qemu', 100, 'shutdown', 'qmshutdown', false],
    ['qemu', 100, 'reboot', 'qmreboot', true],
    ['lxc', 201, 'shutdown', 'vzshutdown', false],
  ])('%s %i %s is a %s task', (type, vmid, action, task, running) => {
    const world = smallWorld();
    const upid = String(ask(world, 'POST', `/nodes/pve1/${type}/${vmid}/status/${action}`).data);
    expect(upid).toContain(`:${task}:${vmid}:`);
    world.clock.advance(10);
    expect(world.tasks.get(upid)?.exitstatus).toBe('OK');
    expect(guestIn(world, vmid).stretches.at(-1)?.running).toBe(running);
  });

  test('a guest under HA is asked of the CRM', () => {
    const world = smallWorld();
    expect(String(ask(world, 'POST', '/nodes/pve1/qemu/103/status/stop').data)).toContain(':hastop:103:');
    world.clock.advance(20);
    expect(guestIn(world, 103).stretches.at(-1)?.running).toBe(false);
    expect(world.ha.get('vm:103')?.state).toBe('stopped');
  });

  test.each([
    [100, 'start', 'VM 100 already running'],
    [105, 'shutdown', 'VM 105 not running'],
  ])('%i %s is refused: %s', (vmid, action, message) => {
    expect(ask(smallWorld(), 'POST', `/nodes/pve1/qemu/${vmid}/status/${action}`)).toMatchObject({
      status: 500,
      message,
    });
  });
});
