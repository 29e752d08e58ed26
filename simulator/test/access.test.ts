import { describe, expect, test } from 'vitest';
import { SMALL_CLUSTER } from './small-cluster.ts';
import { type Client, type Reply, start } from './start.ts';

interface LoggedIn {
  ticket: string;
  CSRFPreventionToken: string;
}

function logIn(client: Client, username: string, password: string): Promise<Reply> {
  return client.api('POST', '/access/ticket', { form: { username, password }, token: null });
}

/** The headers of a session of root@pam, whose password is the token's secret. */
async function rootHeaders(client: Client, csrf = true): Promise<Record<string, string>> {
  const { body } = await logIn(client, 'root@pam', client.simulator.ready.token_secret);
  const { ticket, CSRFPreventionToken } = body.data as LoggedIn;
  return {
    cookie: `PVEAuthCookie=${encodeURIComponent(ticket)}`,
    ...(csrf ? { CSRFPreventionToken } : {}),
  };
}

describe('a ticket', () => {
  test('is given for a password, reads alone and writes with the CSRF token', async () => {
    await using client = await start();
    const answer = await logIn(client, 'root@pam', client.simulator.ready.token_secret);
    expect(answer.body.data).toMatchObject({
      username: 'root@pam',
      ticket: expect.stringMatching(/^PVE:root@pam:[0-9A-F]{8}::/),
      CSRFPreventionToken: expect.stringMatching(/^[0-9A-F]{8}:/),
      clustername: 'lab',
      cap: { vms: { 'VM.Migrate': 1 }, nodes: { 'Sys.Audit': 1 } },
    });
    const headers = await rootHeaders(client);
    const reading = { headers: { cookie: headers.cookie ?? '' }, token: null };
    expect((await client.api('GET', '/version', reading)).status).toBe(200);
    const form = { tags: 'x' };
    const refused = await client.api('PUT', '/nodes/pve1/qemu/100/config', { ...reading, form });
    expect([refused.status, refused.reason, refused.raw.length]).toEqual([
      401,
      'Permission denied - invalid csrf token',
      0,
    ]);
    expect((await client.api('PUT', '/nodes/pve1/qemu/100/config', { headers, token: null, form })).status).toBe(200);
  });

  test('lives two hours of the virtual clock, and can be renewed before', async () => {
    await using client = await start();
    const headers = await rootHeaders(client, false);
    await client.control('POST', '/clock', { advance_s: 7_190 });
    expect((await client.api('GET', '/version', { headers, token: null })).status).toBe(200);
    const ticket = decodeURIComponent((headers.cookie ?? '').slice('PVEAuthCookie='.length));
    expect((await logIn(client, 'root@pam', ticket)).status).toBe(200);
    await client.control('POST', '/clock', { advance_s: 20 });
    const late = await client.api('GET', '/version', { headers, token: null });
    expect([late.status, late.reason]).toEqual([401, 'permission denied - invalid PVE ticket']);
  });

  test('beats a token that comes along', async () => {
    await using client = await start();
    const reply = await client.api('GET', '/version', { headers: { cookie: 'PVEAuthCookie=PVE:x' } });
    expect([reply.status, reply.reason]).toEqual([401, 'permission denied - invalid PVE ticket']);
  });

  test.each([
    ['a wrong password', 'root@pam', 'wrong'],
    ['nobody', 'nobody@pve', 'password'],
    ['a user that is disabled', 'off@pve', 'password'],
  ])('is not given to %s: 401, late and with a body', async (_, username, password) => {
    const users = [{ id: 'off@pve', password: 'password', enable: false }];
    await using client = await start(['--auth-delay-ms', '80'], { ...SMALL_CLUSTER, users });
    const beforeMs = performance.now();
    const reply = await logIn(client, username, password);
    expect(performance.now() - beforeMs).toBeGreaterThan(75);
    expect([reply.status, reply.reason]).toEqual([401, 'authentication failure']);
    expect(reply.body).toEqual({ data: null, message: 'authentication failure\n' });
  });

  test('of root may use what is root only', async () => {
    await using client = await start();
    const form = { target: 'pve2', online: '1', migration_type: 'insecure' };
    expect((await client.api('POST', '/nodes/pve1/qemu/100/migrate', { form })).status).toBe(400);
    const headers = await rootHeaders(client);
    expect((await client.api('POST', '/nodes/pve1/qemu/100/migrate', { form, headers, token: null })).status).toBe(200);
  });
});

test('users, roles, entries and tokens: the whole way to a token that may do one thing', async () => {
  await using client = await start();
  const headers = await rootHeaders(client);
  const call = async (method: string, path: string, form?: Record<string, string>) =>
    (await client.api(method, path, { headers, token: null, ...(form ? { form } : {}) })).body;
  await call('POST', '/access/users', { userid: 'mover@pve', password: 'password', comment: 'x' });
  await call('POST', '/access/roles', { roleid: 'Mover', privs: 'VM.Audit,VM.Migrate' });
  const made = (await call('POST', '/access/users/mover@pve/token/main')).data as { value: string };
  expect(made).toMatchObject({ 'full-tokenid': 'mover@pve!main', info: { privsep: '1' } });
  const token = `PVEAPIToken=mover@pve!main=${made.value}`;
  const held = async () => (await client.api('GET', '/access/permissions', { token })).body.data;
  expect(await held()).toEqual({});
  await call('PUT', '/access/acl', { path: '/vms', roles: 'Mover', users: 'mover@pve' });
  expect(await held()).toEqual({});
  await call('PUT', '/access/acl', { path: '/vms/100', roles: 'Mover', tokens: 'mover@pve!main' });
  expect(await held()).toEqual({ '/vms/100': { 'VM.Audit': 1, 'VM.Migrate': 1 } });
  const migrate = (vmid: number) =>
    client.api('POST', `/nodes/pve1/qemu/${vmid}/migrate`, { token, form: { target: 'pve2', online: '1' } });
  expect([(await migrate(100)).status, (await migrate(101)).status]).toEqual([200, 403]);
  expect((await client.api('GET', '/cluster/tasks', { token })).body.data).toMatchObject([
    { user: 'mover@pve', tokenid: 'main' },
  ]);
  await call('DELETE', '/access/users/mover@pve/token/main');
  expect((await client.api('GET', '/version', { token })).status).toBe(401);
});

test.each([
  ['9.2', ['Authentication failed!', 'Authentication failed!', 'Authentication failed!', 'Authentication failed!']],
  [
    '9.1',
    [
      'invalid token value!',
      "no such token 'none' for user 'a@pve'",
      "no such user ('b@pve')",
      "token 'old' access expired",
    ],
  ],
])('the reason of a 401 on %s', async (pve, reasons) => {
  const tokens = [
    { id: 'a@pve!main', secret: 's' },
    { id: 'a@pve!old', secret: 's', expire: 1 },
  ];
  await using client = await start(['--pve', pve], { ...SMALL_CLUSTER, tokens });
  const given = ['a@pve!main=x', 'a@pve!none=s', 'b@pve!main=s', 'a@pve!old=s'];
  const replies = await Promise.all(
    given.map((text) => client.api('GET', '/version', { token: `PVEAPIToken=${text}` })),
  );
  expect(replies.map((reply) => [reply.status, reply.reason])).toEqual(reasons.map((reason) => [401, reason]));
});
