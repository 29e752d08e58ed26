import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent, get } from 'node:https';
import { connect } from 'node:tls';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { start } from './start.ts';

const MIGRATE = '/nodes/pve1/qemu/100/migrate';
const MALFORMED = 'malformed JSON string, neither tag, array, object, number, string or atom';

test('an answer carries the headers of pveproxy', async () => {
  await using client = await start();
  const reply = await client.api('GET', '/version');
  expect([reply.status, reply.reason]).toEqual([200, 'OK']);
  expect(reply.headers).toMatchObject({
    'cache-control': 'max-age=0',
    pragma: 'no-cache',
    server: 'pve-api-daemon/3.0',
    'content-type': 'application/json;charset=UTF-8',
  });
  expect(reply.body.data).toEqual({ version: '9.2.2', release: '9.2', repoid: 'b9984c6d90a4bd80' });
});

test('each node has its own leaf, signed by the one CA, and the fingerprint it announces', async () => {
  await using client = await start();
  const { nodes, fingerprints, ca_file } = client.simulator.ready;
  const ca = readFileSync(ca_file);
  for (const [name, url] of Object.entries(nodes)) {
    const leaf = await leafOf(Number(new URL(url).port), ca, name);
    expect(leaf.fingerprint256).toBe(fingerprints[name]);
    expect(leaf.subjectAltName).toBe(`IP Address:127.0.0.1, IP Address:0:0:0:0:0:0:0:1, DNS:localhost, DNS:${name}`);
  }
  expect(new Set(Object.values(fingerprints)).size).toBe(3);
});

test.each([
  ['nothing', null, 'No ticket'],
  ['a wrong secret', 'PVEAPIToken=proxbalance@pve!main=nonsense', 'Authentication failed!'],
  ['an unknown token', 'PVEAPIToken=a@pve!b=c', 'Authentication failed!'],
])('%s as credentials: 401, no body, closed', async (_, token, reason) => {
  await using client = await start();
  const reply = await client.api('GET', '/version', { token });
  expect([reply.status, reply.reason, reply.raw.length, reply.headers.connection]).toEqual([401, reason, 0, 'close']);
});

test('a 401 comes late, in real time whatever the speed', async () => {
  await using client = await start(['--auth-delay-ms', '90', '--speed', '1000']);
  const beforeMs = performance.now();
  await client.api('GET', '/version', { token: null });
  expect(performance.now() - beforeMs).toBeGreaterThan(85);
});

test('the form with a space and the last = as separator are understood', async () => {
  await using client = await start();
  const { token_id, token_secret } = client.simulator.ready;
  const reply = await client.api('GET', '/version', {
    token: `PVEAPIToken ${encodeURIComponent(token_id)}=${token_secret}`,
  });
  expect(reply.status).toBe(200);
});

test.each([
  ['GET', '/no/such/path', {}, 501, "Method 'GET /no/such/path' not implemented"],
  ['DELETE', '/version', {}, 501, "Method 'DELETE /version' not implemented"],
  [
    'GET',
    '/nodes/nowhere/status',
    {},
    500,
    "hostname lookup 'nowhere' failed - failed to get address info for: nowhere: Name or service not known",
  ],
  ['POST', MIGRATE, { form: { target: 'pve9', online: '1' } }, 500, "no such cluster node 'pve9'"],
  ['POST', MIGRATE, { form: { target: 'pve2' } }, 500, "can't migrate running VM without --online"],
  [
    'GET',
    '/nodes/pve2/qemu/100/config',
    {},
    500,
    "Configuration file 'nodes/pve2/qemu-server/100.conf' does not exist",
  ],
  ['GET', '/cluster/ha/groups', {}, 500, 'cannot index groups: ha groups have been migrated to rules'],
])('%s %s %o: %i %s', async (method, path, options, status, reason) => {
  await using client = await start();
  const reply = await client.api(method, path, options);
  expect([reply.status, reply.reason, reply.headers.connection]).toEqual([status, reason, 'close']);
  expect(reply.body).toMatchObject({ data: null, message: `${reason}\n` });
});

test.each([
  ['HEAD', '/version', {}, 501, "method 'HEAD' not available"],
  ['GET', '/version', { form: { a: '1' } }, 501, "Unexpected content for method 'GET'"],
  ['POST', MIGRATE, { text: 'hello' }, 506, "upload 'Content-Type 'text/plain' not implemented"],
  ['POST', MIGRATE, { text: '{', headers: { 'content-type': 'application/json' } }, 501, MALFORMED],
  [
    'POST',
    MIGRATE,
    { text: 'x', headers: { 'transfer-encoding': 'chunked' } },
    501,
    'chunked transfer encoding not supported',
  ],
])(
  '%s %s %o is refused by the HTTP server itself, without a body: %i %s',
  async (method, path, options, status, reason) => {
    await using client = await start();
    const reply = await client.api(method, path, options);
    expect([reply.status, reply.reason, reply.raw.length]).toEqual([status, reason, 0]);
  },
);

test.each([
  ['lines', Object.fromEntries(Array.from({ length: 64 }, (_, index) => [`x-${index}`, '1']))],
  ['bytes', { 'x-long': 'x'.repeat(9_000) }],
])('too many header %s get no answer at all', async (_, headers) => {
  await using client = await start();
  await expect(client.api('GET', '/version', { headers })).rejects.toThrow(/socket hang up|ECONNRESET/);
});

test('extjs is always 200 and says how it went in the body', async () => {
  await using client = await start();
  const { status, body } = await client.api('GET', '/nodes/pve2/qemu/100/config', { format: 'extjs' });
  const message = "Configuration file 'nodes/pve2/qemu-server/100.conf' does not exist\n";
  expect([status, body]).toEqual([200, { data: null, message, status: 500, success: 0 }]);
  expect((await client.api('GET', '/version', { format: 'extjs' })).body).toMatchObject({
    success: 1,
    data: { release: '9.2' },
  });
  expect((await client.api('GET', '/cluster/resources', { format: 'extjs' })).body).toMatchObject({ success: 1 });
});

test('a name given twice is a list, and the query beats the body', async () => {
  await using client = await start();
  const config = '/nodes/pve1/qemu/100/config';
  await client.api('PUT', `${config}?tags=c&tags=d`, { form: { tags: 'a' } });
  expect((await client.api('GET', config)).body.data).toMatchObject({ tags: 'c;d' });
});

test('wrong parameters are listed under errors', async () => {
  await using client = await start();
  const reply = await client.api('POST', MIGRATE, { form: { online: 'true' } });
  expect([reply.status, reply.reason]).toEqual([400, 'Parameter verification failed.']);
  expect(reply.body).toEqual({
    data: null,
    message: 'Parameter verification failed.\n',
    errors: {
      online: "type check ('boolean') failed - got 'true'",
      target: 'property is missing and it is not optional',
    },
  });
});

test('a parameter of the path may be repeated, but not contradicted', async () => {
  await using client = await start();
  const wrong = await client.api('POST', MIGRATE, { form: { vmid: '101', target: 'pve2', online: '1' } });
  expect(wrong.body.errors).toEqual({ vmid: 'duplicate parameter (already defined in URI) with conflicting values!' });
  const right = await client.api('POST', MIGRATE, { json: { vmid: 100, target: 'pve2', online: true } });
  expect(right.body.data).toMatch(/^UPID:pve1:/);
});

test('permission comes before the parameters', async () => {
  const tokens = [{ id: 'auditor@pve!ro', secret: 's', roles: { '/': 'PVEAuditor' } }];
  const { SMALL_CLUSTER } = await import('./small-cluster.ts');
  await using client = await start([], { ...SMALL_CLUSTER, tokens });
  const reply = await client.api('POST', MIGRATE, { form: { nonsense: '1' }, token: 'PVEAPIToken=auditor@pve!ro=s' });
  expect([reply.status, reply.reason]).toEqual([403, 'Permission check failed (/vms/100, VM.Migrate)']);
});

test('a big answer is zipped when asked for', async () => {
  await using client = await start();
  const plain = await client.api('GET', '/cluster/resources');
  const zipped = await client.api('GET', '/cluster/resources', { headers: { 'accept-encoding': 'gzip' } });
  expect(plain.headers['content-encoding']).toBeUndefined();
  expect(zipped.headers['content-encoding']).toBe('gzip');
  expect(JSON.parse(gunzipSync(zipped.raw).toString()).data).toHaveLength((plain.body.data as unknown[]).length);
  expect(
    (await client.api('GET', '/version', { headers: { 'accept-encoding': 'gzip' } })).headers['content-encoding'],
  ).toBeUndefined();
});

test('a connection serves 100 requests and then closes', async () => {
  await using client = await start();
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const endings = [];
  for (let index = 0; index < 101; index += 1) {
    endings.push((await client.api('GET', '/version', { agent })).headers.connection);
  }
  agent.destroy();
  expect(endings.indexOf('close')).toBe(99);
  expect(endings[100]).toBe('keep-alive');
});

test('plain HTTP is redirected to https', async () => {
  await using client = await start();
  const port = new URL(client.simulator.ready.api[0] ?? '').port;
  const got = await fetch(`http://127.0.0.1:${port}/x`, { redirect: 'manual' });
  expect([got.status, got.headers.get('location')]).toEqual([301, `https://127.0.0.1:${port}/x`]);
  const posted = await fetch(`http://127.0.0.1:${port}/x`, { method: 'POST', body: 'a', redirect: 'manual' });
  expect(posted.status).toBe(308);
});

test('a body over 512 KiB is refused', async () => {
  await using client = await start();
  const reply = await client.api('POST', MIGRATE, { form: { target: 'x'.repeat(600_000) } });
  expect([reply.status, reply.reason]).toEqual([501, 'for data too large']);
});

function leafOf(port: number, ca: Buffer, servername: string): Promise<X509Certificate> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', ca, servername }, () => {
      resolve(new X509Certificate(socket.getPeerCertificate().raw));
      socket.destroy();
    });
    socket.on('error', reject);
  });
}

test.each(['//', '/api2/json//', '/api2/json/%E0%A4%A/%00', '/api2/html/version', 'http://elsewhere/'])(
  'a strange path %s is 501 and nothing breaks',
  async (path) => {
    await using client = await start();
    const { api, ca_file, token_id, token_secret } = client.simulator.ready;
    const { hostname, port } = new URL(api[0] ?? '');
    const headers = { authorization: `PVEAPIToken=${token_id}=${token_secret}` };
    const status = await new Promise((resolve, reject) => {
      const options = { hostname, port, path, headers, ca: readFileSync(ca_file) };
      get(options, (response) => resolve(response.resume().statusCode)).on('error', reject);
    });
    expect(status).toBe(501);
    expect((await client.api('GET', '/version')).status).toBe(200);
  },
);
