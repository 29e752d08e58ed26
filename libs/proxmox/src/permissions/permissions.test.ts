import { expect, test } from 'vitest';
import type { Permissions } from '../decode/cluster.ts';
import { holds } from './holds.ts';
import { NEEDS, type ProductFunction } from './needs.ts';
import { permissionReport } from './report.ts';

const TOKEN = 'lb@pve!main';

/** The list of one who has `privileges` handed down from `/`, with `more` on top. */
const everywhere = (privileges: string[], more: Permissions = {}): Permissions => ({
  ...Object.fromEntries(
    ['/', '/access', '/access/groups', '/nodes', '/pool', '/sdn', '/storage', '/vms'].map((path) => [
      path,
      Object.fromEntries(privileges.map((privilege) => [privilege, true])),
    ]),
  ),
  ...more,
});

const held = (permissions: Permissions): ProductFunction[] =>
  permissionReport(permissions, TOKEN).flatMap((entry) => (entry.held ? [entry.function] : []));
const checkOf = (permissions: Permissions, name: ProductFunction, privilege: string) =>
  permissionReport(permissions, TOKEN)
    .find((entry) => entry.function === name)
    ?.checks.find((check) => check.privilege === privilege);

const AUDITOR = ['VM.Audit', 'Sys.Audit', 'Datastore.Audit', 'Pool.Audit'];
const READING: ProductFunction[] = ['read-guests', 'read-cluster', 'read-storage', 'read-pools'];

test('every function of the product is told of, in a fixed order', () => {
  expect(permissionReport({}, TOKEN).map((entry) => entry.function)).toEqual(Object.keys(NEEDS));
});

test.each<[string, Permissions, ProductFunction[]]>([
  ['a token without any right may do nothing', {}, []],
  ['an auditor reads', everywhere(AUDITOR), READING],
  ['the smallest set works', everywhere([...AUDITOR, 'VM.Migrate']), [...READING, 'migrate']],
  [
    'a right at /vms counts when the path has it itself',
    everywhere(AUDITOR, { '/vms': { 'VM.Migrate': true, 'VM.Config.Options': true } }),
    ['read-cluster', 'read-storage', 'read-pools', 'migrate', 'edit-tags'],
  ],
  [
    'what stands at /vms replaces what / hands down',
    everywhere(['VM.Migrate'], { '/vms': { 'VM.Audit': true } }),
    ['read-guests'],
  ],
  [
    'a right that /vms does not hand down is of no use for a guest',
    everywhere([], { '/vms': { 'VM.Audit': false, 'VM.Migrate': true } }),
    ['migrate'],
  ],
  [
    'but at / itself it counts: cluster options are looked for there',
    { '/': { 'Sys.Modify': false, 'Sys.Console': false } },
    ['migrate-by-ha', 'edit-cluster-options'],
  ],
  ['a path that is always listed and is not there has nothing', { '/': { 'VM.Audit': true } }, []],
  ['/pool is not listed by older versions, and has what / hands down', { '/': { 'Pool.Audit': true } }, ['read-pools']],
])('%s', (_, permissions, expected) => {
  expect(held(permissions)).toEqual(expected);
});

test('all that section 2 asks for is asked for, and no more', () => {
  const asked = new Set(Object.values(NEEDS).flatMap(({ needs }) => needs.map((need) => need.privilege)));
  expect([...asked].sort()).toEqual(
    [
      ...['VM.Audit', 'Sys.Audit', 'Datastore.Audit', 'Pool.Audit', 'VM.Migrate', 'VM.Config.Disk'],
      ...['Datastore.AllocateSpace', 'VM.Config.Options', 'Sys.Modify', 'VM.PowerMgmt', 'VM.Snapshot'],
      ...['VM.Snapshot.Rollback', 'Sys.Console', 'Sys.PowerMgmt'],
    ].sort(),
  );
  const required = Object.values(NEEDS).flatMap(({ required, needs }) => (required ? needs : []));
  expect([...new Set(required.map((need) => need.privilege))]).toEqual([
    ...['VM.Audit', 'Sys.Audit', 'Datastore.Audit', 'Pool.Audit', 'VM.Migrate'],
  ]);
});

test('guests and storages that are an exception are named', () => {
  const permissions = everywhere(['VM.Audit'], {
    '/vms/100': { 'VM.Audit': true, 'VM.Migrate': true },
    '/vms/200': { 'VM.Console': true },
    '/vmsx/1': { 'VM.Migrate': true },
  });
  expect(checkOf(permissions, 'migrate', 'VM.Migrate')).toMatchObject({ held: false, exceptions: ['/vms/100'] });
  expect(checkOf(permissions, 'read-guests', 'VM.Audit')).toMatchObject({ held: true, exceptions: ['/vms/200'] });
});

test.each<[string, string, string, boolean]>([
  ['the path itself decides', 'VM.Audit', '/vms/200', false],
  ['also against what is above', 'VM.Console', '/vms/200', true],
  ['a path that is not listed has what is handed down to it', 'VM.Audit', '/vms/300', true],
  ['through several steps', 'VM.Audit', '/sdn/zones/a/b', true],
  ['not what stands above without being handed down', 'Sys.Modify', '/vms/300', false],
  ['no privilege is called constructor', 'constructor', '/', false],
])('%s', (_, privilege, path, expected) => {
  const permissions = everywhere(['VM.Audit'], { '/vms/200': { 'VM.Console': true }, '/': { 'Sys.Modify': false } });
  expect(holds(permissions, privilege, path)).toBe(expected);
});

test('the command keeps what the path hands down now', () => {
  const permissions = everywhere(AUDITOR, { '/vms': { 'VM.Audit': true, 'VM.Console': false } });
  expect(checkOf(permissions, 'migrate', 'VM.Migrate')?.grant).toBe(
    'pveum role add ProxBalance-VM.Migrate-vms --privs VM.Audit,VM.Migrate || ' +
      'pveum role modify ProxBalance-VM.Migrate-vms --append 1 --privs VM.Audit,VM.Migrate; ' +
      "pveum acl modify /vms --tokens 'lb@pve!main' --roles ProxBalance-VM.Migrate-vms",
  );
  expect(checkOf(permissions, 'read-guests', 'VM.Audit')?.grant).toBeNull();
});

test('a user is granted as a user, and no name breaks out of its quotes', () => {
  const [first] = permissionReport({}, "o'neil;reboot@pve")[0]?.checks ?? [];
  expect(first?.grant).toContain(String.raw`--users 'o'\''neil;reboot@pve' --roles ProxBalance-VM.Audit-vms`);
});

/** Entries by path. What stands at a path takes the place of what comes from above. */
type Entries = Record<string, string[]>;
const listOf = (entries: Entries): Permissions =>
  Object.fromEntries(
    Object.keys(everywhere([])).map((path) => [
      path,
      Object.fromEntries((entries[path] ?? entries['/'] ?? []).map((privilege) => [privilege, true])),
    ]),
  );

test.each<[string, Entries]>([
  ['who has nothing', {}],
  ['who reads from /', { '/': AUDITOR }],
  ['who has something of its own at /vms and /nodes', { '/': ['Sys.Audit'], '/vms': ['VM.Console'], '/nodes': [] }],
])('%s: carrying out all commands, in either order, makes all work and loses nothing', (_, start) => {
  const before = listOf(start);
  const commands = permissionReport(before, TOKEN).flatMap(({ checks }) => checks.flatMap(({ grant }) => grant ?? []));
  for (const order of [commands, commands.toReversed()]) {
    const entries: Entries = { ...start };
    for (const command of order) {
      const [, added = '', path = ''] = /--privs (\S+); pveum acl modify (\S+) --tokens/.exec(command) ?? [];
      entries[path] = [...(entries[path] ?? []), ...added.split(',')];
    }
    expect(held(listOf(entries))).toEqual(Object.keys(NEEDS));
    for (const [path, rights] of Object.entries(before)) {
      for (const privilege of Object.keys(rights)) expect(holds(listOf(entries), privilege, path)).toBe(true);
    }
  }
});
