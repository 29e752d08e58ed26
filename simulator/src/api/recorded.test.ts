import { describe, expect, test } from 'vitest';
import { ask, rowsOf } from '../../test/ask.ts';
import { hasShared, readFixture, recorded, skipLoudly } from '../../test/shared-folder.ts';
import { guest, smallWorld } from '../../test/small-cluster.ts';
import type { World } from '../world.ts';

if (!hasShared) skipLoudly('answers against recorded ones');

type Row = Record<string, unknown>;

/** A world whose guests carry everything the recordings carry: tags, a pool, HA. */
function fullWorld(pve: '9.2' | '8.4'): World {
  const more = { tags: ['a', 'b'], pool: 'lab' };
  return smallWorld(
    {
      guests: [
        guest(100, { ...more, ha: { state: 'started', group: 'production' } }),
        guest(101, more),
        guest(105, { ...more, status: 'stopped' }),
        guest(120, { ...more, type: 'lxc', status: 'stopped', disks: [{ key: 'rootfs', storage: 'ceph1' }] }),
        guest(121, { ...more, type: 'lxc', disks: [{ key: 'rootfs', storage: 'ceph1' }] }),
      ],
      pools: [{ poolid: 'lab', comment: 'x' }],
      ha_groups: [{ group: 'production', nodes: 'pve1:2,pve2' }],
    },
    pve,
  );
}

const shape = (row: unknown) => Object.keys(row as Row).sort();
const kind = (value: unknown) => (value === null ? 'null' : Array.isArray(value) ? 'list' : typeof value);
const pick = (value: unknown, match: (row: Row) => boolean) => (value as Row[]).find(match) ?? {};

/** Key sets are equal but for `extra` (ours only) and `lacking` (theirs only), and common keys have the same kind of value. */
function sameShape(ours: Row, theirs: Row, extra: string[] = [], lacking: string[] = []) {
  expect(shape(ours).filter((key) => !extra.includes(key))).toEqual(
    shape(theirs).filter((key) => !lacking.includes(key)),
  );
  for (const [key, value] of Object.entries(theirs)) {
    if (ours[key] !== undefined) expect([key, kind(ours[key])]).toEqual([key, kind(value)]);
  }
}

describe.skipIf(!hasShared)('answers have the keys of recorded ones', () => {
  const nine = fullWorld('9.2');
  const eight = fullWorld('8.4');
  const resources = (world: World) => rowsOf(ask(world, 'GET', '/cluster/resources'));
  const optional = ['tags', 'pool', 'hastate', 'lock'];

  test('/version', () => sameShape(ask(nine, 'GET', '/version').data as Row, recorded('version-pvecli-9.2.2') as Row));

  test.each(['running', 'stopped'])('/cluster/resources 9: a %s machine', (status) => {
    const theirs = pick(
      recorded('cluster-resources-pvecli-9.2.2'),
      (row) => row.type === 'qemu' && row.status === status,
    );
    sameShape(
      pick(resources(nine), (row) => row.type === 'qemu' && row.status === status),
      theirs,
      optional,
      optional,
    );
  });

  test('/cluster/resources 9: a container', () => {
    const theirs = pick(recorded('cluster-resources-pvecli-9.2.2'), (row) => row.type === 'lxc');
    sameShape(
      pick(resources(nine), (row) => row.type === 'lxc'),
      theirs,
      optional,
      optional,
    );
  });

  test('/cluster/resources 9: a pool', () => {
    const theirs = pick(recorded('cluster-resources-pvecli-9.2.2'), (row) => row.type === 'pool');
    sameShape(
      pick(resources(nine), (row) => row.type === 'pool'),
      theirs,
    );
  });

  test.each(['node', 'storage', 'network'])('/cluster/resources 9: a %s', (type) => {
    const theirs = pick(recorded('cluster-resources-node-storage-pvecli-9.2.2'), (row) => row.type === type);
    sameShape(
      pick(resources(nine), (row) => row.type === type),
      theirs,
      optional,
      optional,
    );
  });

  test.each(['qemu', 'node', 'storage', 'sdn'])('/cluster/resources 8: a %s', (type) => {
    const theirs = pick(recorded('cluster-resources-3nodes-clusterbalance-8.4'), (row) => row.type === type);
    sameShape(
      pick(resources(eight), (row) => row.type === type),
      theirs,
      optional,
      optional,
    );
  });

  test('/cluster/status', () => {
    const theirs = recorded('cluster-status-3nodes-clusterbalance-8.4');
    for (const type of ['cluster', 'node']) {
      sameShape(
        pick(ask(eight, 'GET', '/cluster/status').data, (row) => row.type === type),
        pick(theirs, (row) => row.type === type),
      );
    }
  });

  test('/cluster/status of a single host', () => {
    const alone = smallWorld({ nodes: [{ name: 'pve1', cores: 4, mem_bytes: 1e9 }], guests: [] });
    const rows = rowsOf(ask(alone, 'GET', '/cluster/status'));
    expect(rows.map((row) => [row.type, row.nodeid])).toEqual([['node', 0]]);
    sameShape(
      rows[0] ?? {},
      pick(recorded('cluster-status-pvecli-9.2.2'), () => true),
    );
  });

  test('/nodes', () => {
    sameShape(
      rowsOf(ask(nine, 'GET', '/nodes'))[0] ?? {},
      pick(recorded('nodes-pvecli-9.2.2'), () => true),
    );
  });

  test('/nodes/{node}/status', () => {
    const ours = ask(nine, 'GET', '/nodes/pve1/status').data as Row;
    const theirs = recorded('node-status-pvecli-9.2.2') as Row;
    // The recording was trimmed by its author.
    sameShape(ours, theirs, ['boot-info', 'current-kernel', 'idle', 'ksm', 'swap', 'wait']);
    sameShape(ours.cpuinfo as Row, theirs.cpuinfo as Row);
    sameShape(ours.memory as Row, theirs.memory as Row);
    sameShape(ours.rootfs as Row, theirs.rootfs as Row);
  });

  test('/nodes/{node}/storage and /storage', () => {
    const theirs = pick(recorded('node-storage-list-pvecli-9.2.2'), () => true);
    sameShape(rowsOf(ask(nine, 'GET', '/nodes/pve1/storage'))[0] ?? {}, theirs);
    const definition = pick(recorded('storage-list-clusterbalance-8.4'), (row) => row.type === 'lvmthin');
    sameShape(rowsOf(ask(eight, 'GET', '/storage'))[1] ?? {}, definition, ['pool'], ['thinpool', 'vgname']);
  });

  test('status/current of a running machine', () => {
    const ours = ask(nine, 'GET', '/nodes/pve1/qemu/101/status/current').data as Row;
    sameShape(ours, recorded('qemu-status-current-running-pvecli-9.2.2') as Row, [], ['serial']);
  });

  test.each([
    ['qemu', 105, 'qemu-status-current-stopped-pvecli-9.2.2'],
    ['lxc', 120, 'lxc-status-current-stopped-pvecli-9.2.2'],
  ])('status/current of a stopped %s', (type, vmid, name) => {
    sameShape(
      ask(nine, 'GET', `/nodes/pve1/${type}/${vmid}/status/current`).data as Row,
      recorded(name) as Row,
      ['agent'],
      ['agent', 'pid'],
    );
  });

  test('pressure of a running container is text', () => {
    const ours = ask(nine, 'GET', '/nodes/pve1/lxc/121/status/current').data as Row;
    expect(ours.pressurecpusome).toBe('0.00');
  });

  test('the list of machines', () => {
    const theirs = pick(recorded('qemu-list-pvecli-9.2.2'), () => true);
    const ours = pick(ask(nine, 'GET', '/nodes/pve1/qemu').data, (row) => row.status === 'running');
    sameShape(ours, theirs, ['diskread', 'diskwrite'], ['serial', 'diskread', 'diskwrite']);
  });

  test('a config: memory and agent are texts, cores a number', () => {
    const ours = ask(nine, 'GET', '/nodes/pve1/qemu/101/config').data as Row;
    const theirs = recorded('qemu-config-pvecli-9.2.2') as Row;
    for (const key of ['agent', 'boot', 'cores', 'digest', 'memory', 'name', 'net0', 'scsi0', 'tags']) {
      expect([key, kind(ours[key])]).toEqual([key, kind(theirs[key])]);
    }
  });

  test.each([
    ['node of 9', () => ask(nine, 'GET', '/nodes/pve1/rrddata?timeframe=hour'), 'node-rrddata-hour-pulse-9.2.3'],
    ['node of 8', () => ask(eight, 'GET', '/nodes/pve1/rrddata?timeframe=hour'), 'node-rrddata-pulse-8'],
    [
      'container of 9',
      () => ask(nine, 'GET', '/nodes/pve1/lxc/121/rrddata?timeframe=hour'),
      'lxc-rrddata-hour-pulse-9.2.3',
    ],
    ['machine of 8', () => ask(eight, 'GET', '/nodes/pve1/qemu/101/rrddata?timeframe=hour'), 'guest-rrddata-pulse-8'],
  ])('history of a %s', (_, answer, name) => {
    const rows = rowsOf(answer());
    sameShape(
      rows.at(-1) ?? {},
      pick(recorded(name), (row) => row.cpu !== undefined),
    );
  });

  test('history of a machine of 9', () => {
    const theirs = pick(recorded('qemu-rrddata-year-pulse-9.2.3'), (row) => row.cpu !== undefined);
    sameShape(rowsOf(ask(nine, 'GET', '/nodes/pve1/qemu/101/rrddata?timeframe=year')).at(-1) ?? {}, theirs);
  });

  test('what may be migrated where', () => {
    sameShape(
      ask(nine, 'GET', '/nodes/pve1/qemu/101/migrate').data as Row,
      recorded('qemu-migrate-get-pvecli-9.2.2') as Row,
    );
    sameShape(
      ask(nine, 'GET', '/nodes/pve1/lxc/120/migrate').data as Row,
      recorded('lxc-migrate-get-pvecli-9.2.2') as Row,
    );
  });

  test('HA of 8: groups, resources, status rows', () => {
    const group = pick(recorded('ha-groups-clusterbalance-8.4'), () => true);
    sameShape(
      rowsOf(ask(eight, 'GET', '/cluster/ha/groups'))[0] ?? {},
      group,
      ['digest', 'type', 'nofailback', 'restricted'],
      ['type', 'nofailback', 'restricted', 'comment'],
    );
    const resource = pick(recorded('ha-resources-clusterbalance-8.4'), () => true);
    sameShape(rowsOf(ask(eight, 'GET', '/cluster/ha/resources'))[0] ?? {}, resource, [
      'digest',
      'max_restart',
      'max_relocate',
    ]);
    for (const type of ['quorum', 'master', 'lrm', 'service']) {
      const theirs = pick(recorded('ha-status-current-3nodes-clusterbalance-8.4'), (row) => row.type === type);
      sameShape(
        pick(ask(eight, 'GET', '/cluster/ha/status/current').data, (row) => row.type === type),
        theirs,
      );
    }
  });

  test('HA of 9: status rows and the manager', () => {
    for (const type of ['quorum', 'master', 'fencing', 'lrm', 'service']) {
      const theirs = pick(recorded('derived-ha-status-current-9.2'), (row) => row.type === type);
      sameShape(
        pick(ask(nine, 'GET', '/cluster/ha/status/current').data, (row) => row.type === type),
        theirs,
      );
    }
    sameShape(
      ask(nine, 'GET', '/cluster/ha/status/manager_status').data as Row,
      recorded('derived-ha-manager-status-9') as Row,
    );
  });

  test('tasks: rows of the node, of the cluster, and the status of one', () => {
    const upid = String(
      ask(nine, 'POST', '/nodes/pve1/qemu/101/migrate', { target: 'pve2', online: 1, 'with-local-disks': 1 }).data,
    );
    sameShape(
      rowsOf(ask(nine, 'GET', '/cluster/tasks'))[0] ?? {},
      pick(recorded('cluster-tasks-3nodes-clusterbalance-8.4'), (row) => row.endtime === undefined),
      ['pstart', 'tokenid'],
    );
    sameShape(
      ask(nine, 'GET', `/nodes/pve1/tasks/${upid}/status`).data as Row,
      recorded('derived-task-status-running') as Row,
    );
    nine.clock.advance(100);
    sameShape(
      rowsOf(ask(nine, 'GET', '/cluster/tasks'))[0] ?? {},
      pick(recorded('cluster-tasks-3nodes-clusterbalance-8.4'), (row) => row.endtime !== undefined),
      ['tokenid'],
    );
    sameShape(
      ask(nine, 'GET', `/nodes/pve1/tasks/${upid}/status`).data as Row,
      recorded('derived-task-status-ok') as Row,
    );
    sameShape(
      rowsOf(ask(nine, 'GET', '/nodes/pve1/tasks'))[0] ?? {},
      pick(recorded('node-tasks-list-pvecli-9.2.2'), () => true),
      ['tokenid'],
    );
  });

  test('UPIDs have the form of recorded ones', () => {
    const form = /^UPID:([a-zA-Z0-9-]+):([0-9A-F]{8}):([0-9A-F]{8,9}):([0-9A-F]{8}):([^:\s/]+):([^:\s/]*):([^:\s/]+):$/;
    for (const upid of readFixture('upid-corpus-mixed.json') as string[]) expect(upid).toMatch(form);
    for (const upid of nine.tasks.keys()) expect(upid).toMatch(form);
  });

  test('a pool with its members', () => {
    const ours = pick(ask(nine, 'GET', '/pools?poolid=lab').data, () => true);
    const theirs = pick(recorded('pool-members-pvecli-9.2.2'), () => true);
    sameShape(ours, theirs);
    sameShape(
      pick(ours.members, (row) => row.type === 'lxc'),
      pick(theirs.members, (row) => row.type === 'lxc'),
      optional,
      optional,
    );
  });

  test('lines of a local-disk migration read as in the sources of Proxmox', () => {
    const texts = (value: unknown) => (value as { t: string }[]).map(({ t }) => plain(t));
    const world = smallWorld();
    const upid = String(
      ask(world, 'POST', '/nodes/pve1/qemu/101/migrate', { target: 'pve2', online: 1, 'with-local-disks': 1 }).data,
    );
    world.clock.advance(200);
    const ours = new Set(texts(ask(world, 'GET', `/nodes/pve1/tasks/${upid}/log?limit=0`).data));
    const theirs = texts(recorded('derived-task-log-qmigrate-local-disk-9'));
    expect(theirs.filter((line) => !ours.has(line))).toEqual([]);
  });
});

/** Without times and amounts, which are nobody's. */
function plain(line: string): string {
  return line
    .replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d /, '@ ')
    .replace(/local-(lvm|zfs)/g, 'local')
    .replace(/[\d.]+( [KMGT]?i?B)/g, '#$1')
    .replace(/[KMGT]iB/g, 'iB')
    .replace(/\d+(\.\d+)?%/, '#%')
    .replace(/\d+ ms/, '# ms')
    .replace(/\d\d:\d\d:\d\d/, '#')
    .replace(/in [\dms ]+s\b/, 'in #s')
    .replace(/# B of/, '# iB of');
}
