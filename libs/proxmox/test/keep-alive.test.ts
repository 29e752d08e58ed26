import { expect, test } from 'vitest';
import { client, failure } from './client.ts';
import { data, type Respond, startServer } from './server.ts';

/*
 * How pveproxy treats connections: 100 requests and it closes, every answer of 400 and above and it closes, a worker is
 * replaced after some 1000 requests and takes its connections along. None of it may show.
 */

const version = data({ version: '9.2.2' });

/** Requests by connection. */
const counted = () => {
  const counts = new Map<unknown, number>();
  const count = (socket: unknown): number => {
    const next = (counts.get(socket) ?? 0) + 1;
    counts.set(socket, next);
    return next;
  };
  return { counts, count };
};

test('a connection is left before the host closes it: no request has to be made twice', async () => {
  const { counts, count } = counted();
  await using server = await startServer((request, response, seen) => {
    if (count(request.socket) > 100) request.socket.destroy();
    else version(request, response, seen);
  });
  await using proxmox = client([server.host]);
  for (let round = 0; round < 150; round += 1) {
    await Promise.all([proxmox.version(), proxmox.version(), proxmox.version()]);
  }
  expect(server.seen).toHaveLength(450);
  expect(Math.max(...counts.values())).toBeLessThanOrEqual(100);
  expect(server.connections()).toBeLessThanOrEqual(8);
});

test('all kept connections go stale at once: every GET still gets its answer, and the host stays good', async () => {
  let worker = 1;
  const workerOf = new Map<unknown, number>();
  await using server = await startServer((request, response, seen) => {
    if (!workerOf.has(request.socket)) workerOf.set(request.socket, worker);
    if (workerOf.get(request.socket) === worker) setTimeout(() => version(request, response, seen), 5);
    else request.socket.destroy();
  });
  await using proxmox = client([server.host]);
  for (; worker <= 5; worker += 1) {
    // Alone, the second try would meet the next stale connection; together, all of them meet one.
    if (worker % 2 === 0) expect(await proxmox.version()).toMatchObject({ major: 9 });
    const answers = await Promise.all(Array.from({ length: 12 }, () => proxmox.version()));
    expect(answers).toHaveLength(12);
  }
  expect(proxmox.hosts()).toEqual([{ host: `127.0.0.1:${server.host.port}`, problem: null, retryAt: null }]);
});

test.each([
  ['with a word', { connection: 'close' }],
  ['without one', {}],
])('a connection that ends after a refusal, %s, spoils nothing that comes after', async (_, headers) => {
  const refuse: Respond = (request, response) => {
    response.writeHead(500, 'no such thing', headers).end('{"data":null}', () => request.socket.destroySoon());
  };
  let turn = 0;
  await using server = await startServer((request, response, seen) => {
    turn += 1;
    if (turn % 2 === 0) refuse(request, response, seen);
    else version(request, response, seen);
  });
  await using proxmox = client([server.host]);
  for (let round = 0; round < 20; round += 1) {
    await proxmox.version();
    expect(await failure(proxmox.version())).toMatchObject({ kind: 'refused', reason: 'no such thing' });
  }
  expect(server.seen).toHaveLength(40);
  expect(proxmox.hosts()[0]?.problem).toBeNull();
});
