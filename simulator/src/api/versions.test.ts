import { describe, expect, test } from 'vitest';
import { ask, rowsOf, tokenWith } from '../../test/ask.ts';
import { guest, SMALL_CLUSTER, smallWorld } from '../../test/small-cluster.ts';
import { PVE_VERSIONS, type PveVersion } from '../pve-version.ts';

/** What each version shows or takes, in the order of PVE_VERSIONS: 9.2, 9.1, 9.0, 8.4. */
type ByVersion = [unknown, unknown, unknown, unknown];
type Row = Record<string, unknown>;

const worldOf = (pve: PveVersion) =>
  smallWorld(
    {
      options: { crs: 'ha=static' },
      ha_rules: [{ rule: 'here', type: 'node-affinity', resources: 'vm:103', nodes: 'pve1:2,pve3', strict: 1 }],
    },
    pve,
  );
const get = (pve: PveVersion, path: string) => ask(worldOf(pve), 'GET', path);
const row = (pve: PveVersion, path: string, match: (entry: Row) => boolean = () => true): Row =>
  rowsOf(get(pve, path)).find(match) ?? {};
const has = (value: unknown, key: string) => Object.hasOwn((value ?? {}) as object, key);
const last = (pve: PveVersion, path: string): Row => rowsOf(get(pve, path)).at(-1) ?? {};

const CASES: [string, (pve: PveVersion) => unknown, ByVersion][] = [
  ['release', (pve) => (get(pve, '/version').data as Row).release, ['9.2', '9.1', '9.0', '8.4']],
  [
    'with-conntrack-state',
    (pve) =>
      ask(worldOf(pve), 'POST', '/nodes/pve1/qemu/100/migrate', {
        target: 'pve2',
        online: 1,
        'with-conntrack-state': 1,
      }).status,
    [200, 200, 200, 400],
  ],
  ['GET migrate of a container', (pve) => get(pve, '/nodes/pve1/lxc/201/migrate').status, [200, 200, 501, 501]],
  [
    'has-dbus-vmstate',
    (pve) => has(get(pve, '/nodes/pve1/qemu/100/migrate').data, 'has-dbus-vmstate'),
    [true, true, true, false],
  ],
  ['HA rules', (pve) => get(pve, '/cluster/ha/rules').status, [200, 200, 200, 501]],
  ['HA groups', (pve) => get(pve, '/cluster/ha/groups').status, [500, 500, 500, 200]],
  ['failback of a service', (pve) => has(row(pve, '/cluster/ha/resources'), 'failback'), [true, true, true, false]],
  [
    'answer of an HA move',
    (pve) => ask(worldOf(pve), 'POST', '/cluster/ha/resources/vm:103/migrate', { node: 'pve3' }).data,
    [
      { sid: 'vm:103', 'requested-node': 'pve3' },
      { sid: 'vm:103', 'requested-node': 'pve3' },
      { sid: 'vm:103', 'requested-node': 'pve3' },
      null,
    ],
  ],
  [
    'fencing row',
    (pve) =>
      has(
        row(pve, '/cluster/ha/status/current', (entry) => entry.type === 'fencing'),
        'armed-state',
      ),
    [true, true, false, false],
  ],
  [
    'watchdog word',
    (pve) =>
      /watchdog active/.test(String(row(pve, '/cluster/ha/status/current', (entry) => entry.type === 'lrm').status)),
    [true, true, false, false],
  ],
  ['memhost of a machine', (pve) => has(row(pve, '/cluster/resources?type=vm'), 'memhost'), [true, true, true, false]],
  [
    'network or sdn rows',
    (pve) => row(pve, '/cluster/resources?type=sdn').type,
    ['network', 'network', 'network', 'sdn'],
  ],
  [
    'memory.available of a node',
    (pve) => has((get(pve, '/nodes/pve1/status').data as Row).memory, 'available'),
    [true, true, true, false],
  ],
  [
    'vendor and family of a CPU',
    (pve) =>
      has((get(pve, '/nodes/pve1/status').data as Row).cpuinfo, 'vendor') &&
      has((get(pve, '/nodes/pve1/status').data as Row).cpuinfo, 'family'),
    [true, false, false, false],
  ],
  [
    'pressure of a machine',
    (pve) => typeof (get(pve, '/nodes/pve1/qemu/100/status/current').data as Row).pressurecpusome,
    ['number', 'number', 'number', 'undefined'],
  ],
  [
    'pressure of a container',
    (pve) => (get(pve, '/nodes/pve1/lxc/201/status/current').data as Row).pressurecpusome,
    ['0.00', '0.00', '0.00', undefined],
  ],
  [
    'pressure of a container in history',
    (pve) => last(pve, '/nodes/pve1/lxc/201/rrddata?timeframe=hour').pressurecpusome,
    [0, 0, 0, undefined],
  ],
  [
    'memavailable and arcsize',
    (pve) => {
      const found = last(pve, '/nodes/pve1/rrddata?timeframe=hour');
      return has(found, 'memavailable') && has(found, 'arcsize');
    },
    [true, true, true, false],
  ],
  [
    'rows of an hour and of a year',
    (pve) => [
      rowsOf(get(pve, '/nodes/pve1/rrddata?timeframe=hour')).length,
      rowsOf(get(pve, '/nodes/pve1/rrddata?timeframe=year')).length,
    ],
    [
      [60, 1440],
      [60, 1440],
      [60, 1440],
      [70, 70],
    ],
  ],
  ['decade', (pve) => get(pve, '/nodes/pve1/rrddata?timeframe=decade').status, [200, 200, 200, 400]],
  ['VM.Monitor', (pve) => has(get(pve, '/access/roles/PVEVMAdmin').data, 'VM.Monitor'), [false, false, false, true]],
  [
    'VM.GuestAgent.Audit',
    (pve) => has(get(pve, '/access/roles/PVEAuditor').data, 'VM.GuestAgent.Audit'),
    [true, true, true, false],
  ],
  [
    'agent/info with PVEVMAdmin',
    (pve) => {
      const world = worldOf(pve);
      return ask(
        world,
        'GET',
        '/nodes/pve1/qemu/100/agent/info',
        {},
        { token: tokenWith(world, { '/': 'PVEVMAdmin' }) },
      ).status;
    },
    [200, 200, 200, 200],
  ],
  [
    'agent/info with PVEAuditor',
    (pve) => {
      const world = worldOf(pve);
      return ask(
        world,
        'GET',
        '/nodes/pve1/qemu/100/agent/info',
        {},
        { token: tokenWith(world, { '/': 'PVEAuditor' }) },
      ).status;
    },
    [200, 200, 200, 403],
  ],
  [
    'crs ha=dynamic',
    (pve) => ask(worldOf(pve), 'PUT', '/cluster/options', { crs: 'ha=dynamic' }).status,
    [200, 400, 400, 400],
  ],
  [
    'crs ha-auto-rebalance',
    (pve) => ask(worldOf(pve), 'PUT', '/cluster/options', { crs: 'ha=static,ha-auto-rebalance=1' }).status,
    [200, 400, 400, 400],
  ],
  [
    'delete of a token setting',
    (pve) => ask(worldOf(pve), 'PUT', '/access/users/root@pam/token/none', { delete: 'comment' }).status,
    [500, 500, 500, 400],
  ],
  [
    'node-list of the metrics',
    (pve) => ask(worldOf(pve), 'GET', '/cluster/metrics/export', { 'node-list': 'pve1' }).status,
    [200, 200, 200, 400],
  ],
];

describe.each(CASES)('%s', (_, look, expected) => {
  test.each(PVE_VERSIONS.map((pve, index) => [pve, expected[index]] as const))('%s: %j', (pve, wanted) => {
    expect(look(pve)).toEqual(wanted);
  });
});

test('half way from 8 to 9 the groups are still groups, whoever answers, and there are no rules', () => {
  const ha_groups = [{ group: 'gold', nodes: 'pve1:2,pve2', restricted: 1 }];
  const nodes = SMALL_CLUSTER.nodes.map((node, index) => ({ ...node, pve: index === 2 ? '9.2' : '8.4' }));
  const guests = [guest(103, { ha: { state: 'started', group: 'gold' } })];
  for (const pve of ['9.2', '8.4'] as const) {
    const world = smallWorld({ nodes: pve === '9.2' ? nodes.toReversed() : nodes, guests, ha_groups }, pve);
    const rules = ask(world, 'GET', '/cluster/ha/rules');
    expect(rules.status === 501 ? [] : rules.data).toEqual([]);
    expect(rowsOf(ask(world, 'GET', '/cluster/ha/groups'))).toMatchObject([{ group: 'gold', restricted: 1 }]);
    expect(rowsOf(ask(world, 'GET', '/cluster/ha/resources'))).toMatchObject([{ sid: 'vm:103', group: 'gold' }]);
  }
});

test('a wrong property string says which part is wrong', () => {
  const answer = ask(smallWorld({}, '9.1'), 'PUT', '/cluster/options', { crs: 'ha=dynamic,x=1' });
  expect(answer.errors).toEqual({
    crs:
      "invalid format - format error\nha: value 'dynamic' does not have a value in the enumeration 'basic, static'\n" +
      'x: property is not defined in schema and the schema does not allow additional properties\n',
  });
});

test('dynamic load shows in the status of the master', () => {
  const world = smallWorld({ guests: [guest(103, { ha: 'started' })] });
  ask(world, 'PUT', '/cluster/options', { crs: 'ha=dynamic' });
  const master = rowsOf(ask(world, 'GET', '/cluster/ha/status/current')).find((entry) => entry.type === 'master');
  expect(master?.status).toMatch(/ - dynamic load CRS$/);
});
