import { describe, expect, test } from 'vitest';
import { features, type Proxmox, toOneStorage } from '../src/index.ts';
import { client, passwordClient } from './client.ts';
import { recordedFiles } from './recorded.ts';
import { type Api, problemsOf, readApis } from './schema.ts';
import { data, type Seen, startServer } from './server.ts';

const apis = recordedFiles().length === 0 ? { pve8: {}, pve9: {} } : readApis();
const here = Object.keys(apis.pve9).length > 0;
const UPID = 'UPID:pve1:001F2A3B:0A1B2C3D:68D9F001:qmigrate:100:a@pve!main:';
const known = { pve8: features({ major: 8, minor: 4 }), pve9: features({ major: 9, minor: 2 }) };
type Pve = keyof typeof known;
type Call = Exclude<keyof Proxmox, 'hosts' | 'close'>;

const vm = ['pve1', 'qemu', 100] as const;
const ct = ['pve1', 'lxc', 201] as const;
const move = { node: 'pve1', vmid: 100, target: 'pve-2', online: true, withLocalDisks: true, restart: true };
const full = { ...move, bwlimitKib: 1000, withConntrackState: true, shutdownTimeoutSeconds: 60 };
const mapped = { kind: 'map', storages: { a1: 'b1', c1: 'd1' }, others: 'e1' } as const;
const since = new Date(1_790_000_000_500);
const token = { privilegeSeparated: false, expiresAt: since, comment: 'ä & b' };

/** Each method with everything that can be said to it. A new method does not compile until it is here. */
const CALLS: Record<Call, (proxmox: Proxmox, pve: Pve) => Promise<unknown>[]> = {
  version: (p) => [p.version()],
  clusterResources: (p) => [p.clusterResources()],
  clusterStatus: (p) => [p.clusterStatus()],
  clusterTasks: (p) => [p.clusterTasks()],
  clusterOptions: (p) => [p.clusterOptions()],
  setClusterOptions: (p) => [p.setClusterOptions({ crs: 'ha=static,ha-rebalance-on-start=1' })],
  pools: (p) => [p.pools()],
  pool: (p) => [p.pool('lab')],
  guestsWithoutBackup: (p) => [p.guestsWithoutBackup()],
  metrics: (p) => [p.metrics(), p.metrics(since)],
  nodes: (p) => [p.nodes()],
  nodeStatus: (p) => [p.nodeStatus('pve1')],
  nodeRrd: (p) => (['hour', 'day', 'week', 'month', 'year'] as const).map((frame) => p.nodeRrd('pve1', frame)),
  nodeVersion: (p) => [p.nodeVersion('pve1')],
  nodeGuests: (p) => [p.nodeGuests('pve1', 'qemu'), p.nodeGuests('pve1', 'lxc')],
  nodeBridges: (p) => [p.nodeBridges('pve1')],
  guestConfig: (p) => [p.guestConfig(...vm), p.guestConfig(...ct)],
  setGuestConfig: (p) => [
    p.setGuestConfig(...vm, { tags: 'a;b', memory: 2048 }, 'a'.repeat(40)),
    p.setGuestConfig(...ct, { tags: 'a;b' }, 'a'.repeat(40)),
  ],
  editTags: (p) =>
    (['qemu', 'lxc'] as const).flatMap((kind) => [
      p.editTags({ node: 'pve1', kind, vmid: 100, edit: () => [] }),
      p.editTags({ node: 'pve1', kind, vmid: 100, edit: (tags) => [...tags, 'Exclude_web+1.a'] }),
    ]),
  guestStatus: (p) => [p.guestStatus(...vm), p.guestStatus(...ct)],
  guestSnapshots: (p) => [p.guestSnapshots(...vm), p.guestSnapshots(...ct)],
  guestRrd: (p) => [p.guestRrd(...vm, 'week'), p.guestRrd(...ct, 'year')],
  migratePreconditions: (p) => [p.migratePreconditions(...vm, 'pve2'), p.migratePreconditions(...vm)],
  migrateGuest: (p, pve) =>
    (['qemu', 'lxc'] as const).flatMap((kind) => [
      p.migrateGuest({ ...move, kind, online: false, withLocalDisks: false, restart: false }),
      p.migrateGuest({ ...full, kind, targetStorage: { kind: 'same' } }, known[pve]),
      p.migrateGuest({ ...full, kind, targetStorage: toOneStorage('fast') }, known[pve]),
      p.migrateGuest({ ...full, kind, targetStorage: mapped }, known[pve]),
    ]),
  guestPower: (p) =>
    (['start', 'shutdown', 'stop'] as const).flatMap((action) => [
      p.guestPower(...vm, action),
      p.guestPower(...ct, action),
    ]),
  agentInfo: (p) => [p.agentInfo('pve1', 100)],
  haResources: (p) => [p.haResources()],
  haRules: (p, pve) => (known[pve].haRules ? [p.haRules()] : []),
  haGroups: (p) => [p.haGroups()],
  haManagerStatus: (p) => [p.haManagerStatus()],
  haStatus: (p) => [p.haStatus()],
  haMigrate: (p) => [p.haMigrate('vm:100', 'pve2'), p.haMigrate('ct:201', 'pve2')],
  taskStatus: (p) => [p.taskStatus(UPID)],
  taskLog: (p) => [p.taskLog(UPID, { start: 10, limit: 0 })],
  stopTask: (p) => [p.stopTask(UPID)],
  nodeTasks: (p) => [
    p.nodeTasks('pve1'),
    p.nodeTasks('pve1', { vmid: 100, source: 'all', typefilter: 'qmigrate', since, limit: 50 }),
  ],
  storageDefinitions: (p) => [p.storageDefinitions()],
  nodeStorage: (p) => [p.nodeStorage('pve1')],
  storageVolumes: (p) => [
    p.storageVolumes('pve1', 'local'),
    p.storageVolumes('pve1', 'local', { vmid: 100, content: 'images' }),
  ],
  permissions: (p) => [p.permissions(), p.permissions({ userid: 'a@pve!main', path: '/vms/100' })],
  acl: (p) => [p.acl()],
  editAcl: (p) => [
    p.editAcl({ path: '/', roles: ['PVEAuditor', 'PVEVMAdmin'], users: ['a@pve', 'b@pam'], tokens: ['a@pve!main'] }),
    p.editAcl({ path: '/vms', roles: ['NoAccess'], groups: ['ops'], propagate: false, remove: true }),
  ],
  roles: (p) => [p.roles()],
  createRole: (p) => [p.createRole('ProxBalance-VM.Migrate-vms', ['VM.Audit', 'VM.Migrate'])],
  users: (p) => [p.users()],
  userTokens: (p) => [p.userTokens('a@pve')],
  createToken: (p) => [
    p.createToken('a@pve', 'main'),
    p.createToken('a@pve', 'main', token),
    p.createToken('a@pve', 'main', { expiresAt: null }),
  ],
  updateToken: (p) => [p.updateToken('a@pve', 'main', token)],
  deleteToken: (p) => [p.deleteToken('a@pve', 'main')],
};
const calls = Object.entries(CALLS);

/** Everything that leaves this machine while `use` is at work. What comes back does not matter. */
const capture = async (use: (proxmox: Proxmox) => Promise<unknown>[]): Promise<Seen[]> => {
  await using server = await startServer((request, response, seen) =>
    data(seen.path.endsWith('/config') ? { digest: 'a'.repeat(40), tags: 'a;b' } : null)(request, response, seen),
  );
  await using proxmox = client([server.host]);
  await Promise.allSettled(use(proxmox));
  return server.seen;
};

const problemsIn = (api: Api, seen: Seen[]) =>
  seen.flatMap((request) =>
    problemsOf(api, { ...request, withToken: request.authorization !== undefined }).map(
      (problem) => `${request.method} ${request.path} ${request.body}: ${problem}`,
    ),
  );

describe.skipIf(!here).each(['pve9', 'pve8'] as const)('requests as %s wants them', (pve) => {
  test.each(calls)('%s', async (_, use) => {
    const api = apis[pve];
    const seen = await capture((proxmox) => use(proxmox, pve));
    if (use !== CALLS.haRules || known[pve].haRules) expect(seen.length).toBeGreaterThan(0);
    expect(problemsIn(api, seen)).toEqual([]);
  });

  test('where a container may go is asked for where that can be asked', async () => {
    const seen = await capture((proxmox) => [proxmox.migratePreconditions(...ct, 'pve2')]);
    const problems = problemsIn(apis[pve], seen);
    expect(problems.map((problem) => problem.split(': ').at(-1))).toEqual(pve === 'pve8' ? ['missing'] : []);
  });

  test('the login', async () => {
    await using server = await startServer(data(null));
    await using proxmox = passwordClient([server.host], 'pässword & co');
    await Promise.allSettled([proxmox.version()]);
    expect(server.seen.map(({ path }) => path)).toEqual(['/api2/json/access/ticket']);
    expect(problemsIn(apis[pve], server.seen)).toEqual([]);
  });
});

describe.skipIf(!here)('the check itself', () => {
  const path = '/api2/json/nodes/pve1/qemu/100/migrate';
  const check = (body: string, more = {}) =>
    problemsOf(apis.pve8, { method: 'POST', path, body, withToken: true, ...more });

  test.each([
    ['target=pve2&with-conntrack-state=1', ['with-conntrack-state: unknown']],
    ['online=true', ["online: 'true' does not fit", 'target: required and not there']],
    ['target=pve2&bwlimit=1.5', ["bwlimit: '1.5' does not fit"]],
    ['target=pve2&vmid=100', ['vmid: given twice']],
    ['target=p_2&migration_type=fast', ["target: 'p_2' does not fit", "migration_type: 'fast' does not fit"]],
  ])('finds what is wrong with %s', (body, expected) => {
    expect(check(body)).toEqual(expected);
  });

  test('finds methods and paths that are not there', () => {
    expect(check('', { method: 'DELETE' })).toEqual(['missing']);
    expect(check('', { path: '/api2/json/cluster/ha/rules', method: 'GET' })).toEqual(['missing']);
  });
});
