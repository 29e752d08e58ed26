import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { isProxmoxError, ProxmoxOutcomeUnknownError, type RequestInfo } from '../src/index.ts';
import { client, failure, TOKEN_SECRET } from './client.ts';
import { data, type Respond, startServer, status } from './server.ts';

const version = data({ version: '9.2.2' });
const UPID = 'UPID:pve1:001F2A3B:0A1B2C3D:68D9F001:qmigrate:100:a@pve:';
const move = {
  node: 'pve1',
  kind: 'qemu',
  vmid: 100,
  target: 'pve2',
  online: true,
  withLocalDisks: true,
  restart: false,
} as const;

/** A port that nothing listens on. */
const deadHost = async () => {
  const server = await startServer(version);
  await server[Symbol.asyncDispose]();
  return server.host;
};

test('a host that refuses connections is passed over, remembered, and probed again after a while', async () => {
  const host = await deadHost();
  await using good = await startServer(version);
  const asked: RequestInfo[] = [];
  await using proxmox = client([host, good.host], { onRequest: (info) => asked.push(info) });
  await proxmox.version();
  await proxmox.version();
  const bad = `127.0.0.1:${host.port}`;
  expect(asked.filter((info) => info.host === bad)).toHaveLength(1);
  expect(asked.filter((info) => info.host === bad)[0]).toMatchObject({ status: null, path: '/version' });
  expect(proxmox.hosts()[0]?.problem).toContain('ECONNREFUSED');
  await using _back = await startServer(version, undefined, host.port);
  await eventually(async () => {
    await proxmox.version();
    expect(proxmox.hosts()[0]?.problem).toBeNull();
  });
  const before = good.seen.length;
  await proxmox.version();
  expect(good.seen).toHaveLength(before);
});

test('a write goes to the next host when nothing of it was sent', async () => {
  await using good = await startServer(data(UPID));
  await using proxmox = client([await deadHost(), good.host]);
  expect(await proxmox.migrateGuest(move)).toBe(UPID);
  expect(good.seen).toHaveLength(1);
});

test('a host that accepts a connection and then says nothing leaves time for the next one', async () => {
  const mute = createServer().listen(0, '127.0.0.1');
  await once(mute, 'listening');
  const address = mute.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  await using good = await startServer(data(UPID));
  await using proxmox = client([{ host: '127.0.0.1', port }, good.host]);
  expect(await proxmox.migrateGuest(move)).toBe(UPID);
  expect(good.seen).toHaveLength(1);
  mute.close();
});

test('when no host can be reached, each is named with its reason', async () => {
  const hosts = [await deadHost(), await deadHost()];
  await using proxmox = client(hosts);
  const error = await failure(proxmox.version());
  expect(error).toMatchObject({ kind: 'unreachable', retryable: true });
  for (const { port } of hosts) expect(String(error)).toContain(`127.0.0.1:${port}: cannot connect`);
});

test('a GET survives a host that closes its kept connection', async () => {
  let requests = 0;
  const closing: Respond = (request, response, seen) => {
    requests += 1;
    if (requests === 2) request.socket.destroy();
    else version(request, response, seen);
  };
  await using server = await startServer(closing);
  await using proxmox = client([server.host]);
  await proxmox.version();
  expect(await proxmox.version()).toMatchObject({ version: '9.2.2' });
  expect(requests).toBe(3);
});

test('a GET that keeps breaking goes to the next host, and is tried no more than twice on one', async () => {
  await using broken = await startServer((request) => request.socket.destroy());
  await using good = await startServer(version);
  await using proxmox = client([broken.host, good.host]);
  expect(await proxmox.version()).toMatchObject({ version: '9.2.2' });
  expect(broken.seen).toHaveLength(2);
});

test('a write whose connection breaks is never sent again, nor elsewhere', async () => {
  await using broken = await startServer((request) => request.socket.destroy());
  await using other = await startServer(data(UPID));
  await using proxmox = client([broken.host, other.host]);
  const error = await failure(proxmox.migrateGuest(move));
  expect(error).toBeInstanceOf(ProxmoxOutcomeUnknownError);
  expect(error).toMatchObject({ kind: 'outcome-unknown', retryable: false, path: '/nodes/pve1/qemu/100/migrate' });
  expect(broken.seen).toHaveLength(1);
  expect(other.seen).toEqual([]);
});

test('a write that is not answered in time is of unknown outcome, a GET just late', async () => {
  await using silent = await startServer(() => {});
  await using proxmox = client([silent.host], { timeoutMs: 300 });
  expect(await failure(proxmox.migrateGuest(move))).toBeInstanceOf(ProxmoxOutcomeUnknownError);
  expect(await failure(proxmox.version())).toMatchObject({ kind: 'timeout', retryable: true });
});

test('every write has a connection of its own; reads share theirs', async () => {
  await using server = await startServer((request, response, seen) =>
    data(seen.method === 'GET' ? {} : UPID)(request, response, seen),
  );
  await using proxmox = client([server.host]);
  for (let round = 0; round < 8; round += 1) await proxmox.permissions();
  const forReads = server.connections();
  expect(forReads).toBeLessThanOrEqual(4);
  for (let round = 0; round < 8; round += 1) await proxmox.migrateGuest(move);
  expect(server.connections()).toBe(forReads + 8);
});

test('59x: the host is fine; a GET is tried on one other host, a write not', async () => {
  const away = status(595, 'No route to host');
  await using a = await startServer(away);
  await using b = await startServer(away);
  await using c = await startServer(data([]));
  await using proxmox = client([a.host, b.host, c.host]);
  expect(await failure(proxmox.nodeStorage('pve2'))).toMatchObject({
    kind: 'node-unreachable',
    status: 595,
    reason: 'No route to host',
  });
  expect([a.seen.length, b.seen.length, c.seen.length]).toEqual([1, 1, 0]);
  expect(proxmox.hosts().map(({ problem }) => problem)).toEqual([null, null, null]);
  expect(await failure(proxmox.migrateGuest(move))).toMatchObject({ kind: 'node-unreachable', status: 595 });
  expect(b.seen).toHaveLength(1);
});

test('59x on one host only: the other one gives the answer', async () => {
  await using a = await startServer(status(596, 'Connection timed out'));
  await using b = await startServer(data([]));
  await using proxmox = client([a.host, b.host]);
  expect(await proxmox.nodeStorage('pve2')).toEqual([]);
});

test('a host has no more requests at once than allowed, and waiting for a place is bounded', async () => {
  const held: (() => void)[] = [];
  await using server = await startServer((request, response, seen) => {
    held.push(() => version(request, response, seen));
  });
  await using proxmox = client([server.host], { concurrencyPerHost: 2, timeoutMs: 500 });
  const results = [1, 2, 3].map(() => failure(proxmox.version()));
  await eventually(() => expect(held).toHaveLength(2));
  const errors = await Promise.all(results);
  expect(errors.every((error) => isProxmoxError(error, 'timeout'))).toBe(true);
  expect(server.seen).toHaveLength(2);
});

test('the places are free again after time-outs', async () => {
  let answering = false;
  await using server = await startServer((request, response, seen) => {
    if (answering) version(request, response, seen);
  });
  await using proxmox = client([server.host], { concurrencyPerHost: 2, timeoutMs: 300 });
  await Promise.all([1, 2, 3, 4].map(() => failure(proxmox.version())));
  answering = true;
  const results = await Promise.all([1, 2, 3, 4, 5].map(() => proxmox.version()));
  expect(results).toHaveLength(5);
});

test('the secret is in no error, even when the host repeats it', async () => {
  const echo: Respond = (request, response) => {
    response.writeHead(500, 'said').end(JSON.stringify({ data: null, message: request.headers.authorization }));
  };
  await using server = await startServer(echo);
  await using proxmox = client([server.host]);
  const error = await failure(proxmox.version());
  expect(server.seen[0]?.authorization).toContain(TOKEN_SECRET);
  expect(`${String(error)} ${JSON.stringify(error)} ${error instanceof Error ? error.stack : ''}`).not.toContain(
    TOKEN_SECRET,
  );
  expect(error).toMatchObject({ reason: expect.stringContaining('***') });
});

test('an answer that does not fit names the path and the field', async () => {
  await using server = await startServer(data({ uptime: 'long' }));
  await using proxmox = client([server.host]);
  const error = await failure(proxmox.nodeStatus('pve1'));
  expect(error).toMatchObject({ kind: 'protocol', path: '/nodes/pve1/status' });
  expect(String(error)).toContain('data.uptime');
});

test('something else than Proxmox is told from it', async () => {
  await using server = await startServer((_request, response) => response.end('<html>hello</html>'));
  await using proxmox = client([server.host]);
  expect(await failure(proxmox.version())).toMatchObject({ kind: 'protocol' });
});
