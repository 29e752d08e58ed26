import { expect, test } from 'vitest';
import { ProxmoxOutcomeUnknownError } from '../src/index.ts';
import { failure, passwordClient } from './client.ts';
import { data, type Respond, type Seen, startServer, status } from './server.ts';

const PASSWORD = 'p"ss wörd/&+\\';
const UPID = 'UPID:pve1:001F2A3B:0A1B2C3D:68D9F001:qmigrate:100:a@pve:';
const LOGIN = '/api2/json/access/ticket';

/** A host that lets in who shows the newest ticket, and for writes its CSRF token. */
const gate = () => {
  const state = { logins: 0, revoked: false, carriedOut: [] as string[] };
  const respond: Respond = (request, response, seen) => {
    const form = new URLSearchParams(seen.body);
    if (seen.path === LOGIN && form.get('username') === 'root@pam' && form.get('password') === PASSWORD) {
      state.logins += 1;
      state.revoked = false;
      const answer = { ticket: `PVE:root@pam:${state.logins}::a+/b==`, CSRFPreventionToken: `csrf-${state.logins}` };
      return data({ ...answer, username: 'root@pam' })(request, response, seen);
    }
    if (seen.path === LOGIN) return status(401, 'authentication failure')(request, response, seen);
    const mine = seen.headers.cookie === `PVEAuthCookie=${encodeURIComponent(`PVE:root@pam:${state.logins}::a+/b==`)}`;
    const safe = seen.method === 'GET' || seen.headers.csrfpreventiontoken === `csrf-${state.logins}`;
    if (!mine || !safe || state.revoked)
      return status(401, 'permission denied - invalid PVE ticket')(request, response, seen);
    state.carriedOut.push(`${seen.method} ${seen.path}`);
    return data(seen.method === 'GET' ? { version: '9.2.2' } : UPID)(request, response, seen);
  };
  return { state, respond };
};

const paths = (seen: Seen[]) => seen.map(({ method, path }) => `${method} ${path.replace('/api2/json', '')}`);
const told = (error: unknown) =>
  `${String(error)} ${JSON.stringify(error)} ${error instanceof Error ? error.stack : ''}`;

test('one login, then a cookie with every call and a CSRF token with every write', async () => {
  const { state, respond } = gate();
  await using server = await startServer(respond);
  await using proxmox = passwordClient([server.host], PASSWORD);
  await Promise.all([proxmox.version(), proxmox.version(), proxmox.version()]);
  expect(await proxmox.guestPower('pve1', 'qemu', 100, 'stop')).toBe(UPID);
  expect(state.logins).toBe(1);
  const [login, read] = server.seen;
  expect(login).toMatchObject({ method: 'POST', path: LOGIN });
  expect(login?.headers.cookie).toBeUndefined();
  expect(read?.headers.csrfpreventiontoken).toBeUndefined();
  expect(server.seen.at(-1)?.headers.csrfpreventiontoken).toBe('csrf-1');
  expect(server.seen.every(({ authorization }) => authorization === undefined)).toBe(true);
});

test('a ticket that is not taken any more is replaced, and the call made again, a write too, once', async () => {
  const { state, respond } = gate();
  await using server = await startServer(respond);
  await using proxmox = passwordClient([server.host], PASSWORD);
  await proxmox.version();
  state.revoked = true;
  expect(await proxmox.guestPower('pve1', 'qemu', 100, 'stop')).toBe(UPID);
  expect(state).toMatchObject({
    logins: 2,
    carriedOut: ['GET /api2/json/version', 'POST /api2/json/nodes/pve1/qemu/100/status/stop'],
  });
});

test('a new ticket that is not taken either ends it', async () => {
  const { respond } = gate();
  await using server = await startServer((request, response, seen) =>
    seen.path === LOGIN ? respond(request, response, seen) : status(401, 'No ticket')(request, response, seen),
  );
  await using proxmox = passwordClient([server.host], PASSWORD);
  expect(await failure(proxmox.version())).toMatchObject({ kind: 'authentication', status: 401, reason: 'No ticket' });
  expect(paths(server.seen)).toEqual(['POST /access/ticket', 'GET /version', 'POST /access/ticket', 'GET /version']);
});

test('a wrong password is told of without it, and not tried again at once', async () => {
  const { respond } = gate();
  await using server = await startServer(respond);
  await using proxmox = passwordClient([server.host], 'not-the-one');
  for (let call = 0; call < 3; call += 1) {
    const error = await failure(proxmox.version());
    expect(error).toMatchObject({ kind: 'authentication', path: '/access/ticket', reason: 'authentication failure' });
    expect(told(error)).not.toContain('not-the-one');
  }
  expect(paths(server.seen)).toEqual(['POST /access/ticket']);
});

test('neither password nor ticket is in an error, however the host repeats them', async () => {
  const { state, respond } = gate();
  const echo: Respond = (request, response, seen) => {
    if (seen.path === LOGIN && state.logins === 0) return respond(request, response, seen);
    const password = new URLSearchParams(seen.body).get('password') ?? '';
    const message = `${seen.body} ${password} ${seen.headers.cookie} ${decodeURIComponent(seen.headers.cookie ?? '')}`;
    response.writeHead(500, 'said').end(JSON.stringify({ data: null, message }));
  };
  await using server = await startServer(echo);
  await using proxmox = passwordClient([server.host], PASSWORD);
  const withTicket = told(await failure(proxmox.version()));
  expect(withTicket).toContain('PVEAuthCookie=***');
  expect(withTicket).not.toMatch(/root@pam:1|root%40pam%3A1/);
  await using another = passwordClient([server.host], PASSWORD);
  const atLogin = told(await failure(another.version()));
  expect(atLogin).toContain('username=root%40pam&password=***');
  for (const part of ['wörd', 'w%C3%B6rd', 'p"ss', 'p%22ss']) expect(atLogin).not.toContain(part);
});

test('a login survives a host that breaks it off, and goes to the next one', async () => {
  const { state, respond } = gate();
  await using broken = await startServer((request) => request.socket.destroy());
  await using good = await startServer(respond);
  await using proxmox = passwordClient([broken.host, good.host], PASSWORD);
  expect(await proxmox.version()).toMatchObject({ major: 9 });
  expect(state.logins).toBe(1);
  expect(proxmox.hosts()[0]?.problem).toContain('broke');
});

test('a write with a ticket is as little repeated as any', async () => {
  const { respond } = gate();
  await using server = await startServer((request, response, seen) =>
    seen.path === LOGIN ? respond(request, response, seen) : request.socket.destroy(),
  );
  await using proxmox = passwordClient([server.host], PASSWORD);
  expect(await failure(proxmox.guestPower('pve1', 'qemu', 100, 'stop'))).toBeInstanceOf(ProxmoxOutcomeUnknownError);
  expect(paths(server.seen)).toEqual(['POST /access/ticket', 'POST /nodes/pve1/qemu/100/status/stop']);
});

test.each([{ NeedTFA: 1, ticket: 'PVE:x' }, { ticket: 'PVE:!tfa!%7B%22totp%22%3Atrue%7D' }])(
  'an account with a second factor is refused with a word on what to do: %j',
  async (answer) => {
    await using server = await startServer(data({ ...answer, CSRFPreventionToken: 'c', username: 'root@pam' }));
    await using proxmox = passwordClient([server.host], PASSWORD);
    const error = await failure(proxmox.version());
    expect(error).toMatchObject({ kind: 'authentication', reason: expect.stringContaining('API token') });
    expect(server.seen).toHaveLength(1);
  },
);

test('a login that never ends is a time-out of the call that waits for it', async () => {
  await using server = await startServer(() => {});
  await using proxmox = passwordClient([server.host], PASSWORD, { timeoutMs: 300 });
  expect(await failure(proxmox.version())).toMatchObject({ kind: 'timeout', path: '/access/ticket', retryable: true });
});
