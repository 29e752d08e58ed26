import { expect, test } from 'vitest';
import { type Proxmox, permissionReport } from '../src/index.ts';
import { client, failure } from './client.ts';
import { cluster } from './cluster.ts';
import { data, type Respond, type Seen, startServer, status } from './server.ts';
import { startSimulator } from './simulator.ts';

const SECRET = '0b1c5c1e-0000-4000-8000-2f6b1d9b7a10';

/** What a call sends and what it makes of the answer. */
const ask = async <T>(answer: unknown, call: (proxmox: Proxmox) => Promise<T>) => {
  const respond: Respond = (request, response, seen) =>
    (answer instanceof Error ? status(500, answer.message) : data(answer))(request, response, seen);
  await using server = await startServer(respond);
  await using proxmox = client([server.host]);
  const result = await call(proxmox).catch((error: unknown) => error);
  return { sent: said(server.seen), result };
};

const said = (seen: Seen[]): string[] =>
  seen.map(({ method, path, body }) =>
    [method, decodeURIComponent(path.replace('/api2/json', '')), decodeURIComponent(body)].filter(Boolean).join(' '),
  );

test('a token is made, its secret told once, in words that can be used to connect', async () => {
  const info = { privsep: '0', expire: '1790000000', comment: 'x' };
  const { sent, result } = await ask({ 'full-tokenid': 'a@pve!main', info, value: SECRET }, (proxmox) =>
    proxmox.createToken('a@pve', 'main', { privilegeSeparated: false, expiresAt: new Date(1_790_000_000_000) }),
  );
  expect(result).toEqual({ tokenId: 'a@pve!main', tokenSecret: SECRET });
  expect(sent).toEqual(['POST /access/users/a@pve/token/main privsep=0&expire=1790000000']);
});

test('an answer that makes no sense is told of without the secret in it', async () => {
  const { result } = await ask({ 'full-tokenid': 'a@pve!main', value: [SECRET] }, (proxmox) =>
    proxmox.createToken('a@pve', 'main'),
  );
  expect(result).toMatchObject({ kind: 'protocol', reason: expect.stringContaining('data.value') });
  expect(`${String(result)} ${JSON.stringify(result)}`).not.toContain(SECRET);
});

test.each<[string, (proxmox: Proxmox) => Promise<unknown>, string]>([
  [
    'a token that never expires',
    (proxmox) => proxmox.updateToken('a@pve', 'main', { expiresAt: null, comment: '' }),
    'PUT /access/users/a@pve/token/main expire=0&comment=',
  ],
  ['a token goes', (proxmox) => proxmox.deleteToken('a@pve', 'main'), 'DELETE /access/users/a@pve/token/main'],
  [
    'roles are given',
    (proxmox) => proxmox.editAcl({ path: '/vms', roles: ['A', 'B'], tokens: ['a@pve!main'], users: ['a@pve'] }),
    'PUT /access/acl path=/vms&roles=A,B&users=a@pve&tokens=a@pve!main',
  ],
  [
    'and taken',
    (proxmox) => proxmox.editAcl({ path: '/', roles: ['A'], groups: ['g'], propagate: false, remove: true }),
    'PUT /access/acl path=/&roles=A&groups=g&propagate=0&delete=1',
  ],
  [
    'a role is made',
    (proxmox) => proxmox.createRole('R', ['VM.Audit', 'VM.Migrate']),
    'POST /access/roles roleid=R&privs=VM.Audit,VM.Migrate',
  ],
])('%s', async (_, call, expected) => {
  expect(await ask(null, call)).toEqual({ sent: [expected], result: undefined });
});

test.each([
  ['VM 100 is not running', null],
  ['QEMU guest agent is not running', null],
  ['No QEMU guest agent configured', null],
  ['hostname lookup failed', expect.objectContaining({ kind: 'refused' })],
])('an agent that does not answer (%s) is none; other trouble is trouble', async (reason, expected) => {
  const { result } = await ask(new Error(reason), (proxmox) => proxmox.agentInfo('pve1', 100));
  expect(result).toEqual(expected);
});

test('an agent that answers, statistics, guests without a backup', async () => {
  const commands = [
    { name: 'guest-ping', enabled: true, 'success-response': true },
    { name: 'guest-exec', enabled: false, 'success-response': true },
  ];
  const agent = await ask({ result: { version: '8.2.2', supported_commands: commands } }, (p) =>
    p.agentInfo('pve1', 100),
  );
  expect(agent.result).toEqual({ version: '8.2.2', commands: ['guest-ping'] });
  const row = { id: 'node/pve1', metric: 'cpu_current', timestamp: 1_790_000_000, type: 'gauge', value: 0.25 };
  const metrics = await ask({ data: [row] }, (p) => p.metrics(new Date(1_789_999_000_999)));
  expect(metrics).toEqual({
    sent: ['GET /cluster/metrics/export?history=1&start-time=1789999000'],
    result: [{ id: 'node/pve1', metric: 'cpu_current', at: new Date(1_790_000_000_000), type: 'gauge', value: 0.25 }],
  });
  const uncovered = await ask([{ vmid: 100, name: 'a', type: 'qemu' }], (p) => p.guestsWithoutBackup());
  expect(uncovered.result).toEqual([{ vmid: 100, name: 'a', kind: 'qemu' }]);
});

test('what a token may do, told by a cluster, is what it then may do', async () => {
  await using simulator = await startSimulator(cluster);
  const asToken = (tokenId: string, tokenSecret: string) =>
    client(simulator.options.hosts, { ...simulator.options, tokenId, tokenSecret, timeoutMs: 10_000 });
  const report = async (proxmox: Proxmox) =>
    permissionReport(await proxmox.permissions(), 'x@pve!y').flatMap((entry) => (entry.held ? [entry.function] : []));
  await using auditor = asToken('auditor@pve!ro', '11111111-2222-4333-8444-555555555555');
  expect(await report(auditor)).toEqual(['read-guests', 'read-cluster', 'read-storage', 'read-pools']);
  expect(await failure(auditor.guestPower('pve1', 'qemu', 100, 'stop'))).toMatchObject({ kind: 'permission' });
  await using nobody = asToken('nobody@pve!none', '11111111-2222-4333-8444-666666666666');
  expect(await report(nobody)).toEqual([]);
  await using own = client(simulator.options.hosts, { ...simulator.options, timeoutMs: 10_000 });
  expect(await report(own)).toContain('migrate');
});
