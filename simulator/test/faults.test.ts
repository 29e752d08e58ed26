import { expect, test } from 'vitest';
import { start } from './start.ts';

test('api-error answers for a path, as often as asked', async () => {
  await using client = await start();
  await client.control('POST', '/faults', {
    kind: 'api-error',
    status: 500,
    message: 'got timeout',
    path: '/nodes/*/config',
    times: 1,
  });
  const config = '/nodes/pve1/qemu/100/config';
  const broken = await client.api('GET', config);
  expect([broken.status, broken.reason, broken.body]).toEqual([
    500,
    'got timeout',
    { data: null, message: 'got timeout\n' },
  ]);
  expect((await client.api('GET', config)).status).toBe(200);
});

test('api-latency slows what it names', async () => {
  await using client = await start();
  await client.control('POST', '/faults', { kind: 'api-latency', ms: 80, path: '/version' });
  const beforeMs = performance.now();
  await client.api('GET', '/version');
  expect(performance.now() - beforeMs).toBeGreaterThan(75);
});

test('connection-reset cuts the connection once', async () => {
  await using client = await start();
  await client.control('POST', '/faults', { kind: 'connection-reset', times: 1 });
  await expect(client.api('GET', '/version')).rejects.toThrow(/socket hang up|ECONNRESET/);
  expect((await client.api('GET', '/version')).status).toBe(200);
});

test('auth-revoked is 401 for everybody until it ends', async () => {
  await using client = await start();
  const { body } = await client.control('POST', '/faults', { kind: 'auth-revoked' });
  expect((await client.api('GET', '/version')).status).toBe(401);
  await client.control('DELETE', `/faults/${body.id}`);
  expect((await client.api('GET', '/version')).status).toBe(200);
});

test('node-down refuses its own callers and is 595 through the others', async () => {
  await using client = await start();
  await client.control('POST', '/faults', { kind: 'node-down', node: 'pve2', for_s: 60 });
  await expect(client.api('GET', '/version', { node: 'pve2' })).rejects.toThrow();
  const proxied = await client.api('GET', '/nodes/pve2/qemu');
  expect([proxied.status, proxied.reason, proxied.raw.length, proxied.headers.connection]).toEqual([
    595,
    'No route to host',
    0,
    'close',
  ]);
  await client.control('POST', '/clock', { advance_s: 61 });
  expect((await client.api('GET', '/version', { node: 'pve2' })).status).toBe(200);
});

test('node-hangs: through the others 596 after 30 virtual seconds, itself silent, and its guests go on', async () => {
  await using client = await start();
  await client.control('POST', '/faults', { kind: 'node-hangs', node: 'pve2', for_s: 120 });
  const proxied = client.api('GET', '/nodes/pve2/qemu');
  const direct = client.api('GET', '/version', { node: 'pve2' }).then(
    () => 'answered',
    () => 'cut',
  );
  expect(await Promise.race([proxied, direct, new Promise((resolve) => setTimeout(resolve, 150, 'waiting'))])).toBe(
    'waiting',
  );
  await client.control('POST', '/clock', { advance_s: 31 });
  const answer = await proxied;
  expect([answer.status, answer.reason, answer.raw.length]).toEqual([596, 'Connection timed out', 0]);
  expect((await client.api('GET', '/nodes/pve1/status')).status).toBe(200);
  await client.control('POST', '/clock', { advance_s: 100 });
  expect(await direct).toBe('cut');
  expect((await client.api('GET', '/nodes/pve2/qemu')).status).toBe(200);
});

test('faults are listed and cleared', async () => {
  await using client = await start();
  await client.control('POST', '/faults', { kind: 'quorum-loss' });
  await client.control('POST', '/faults', { kind: 'lock', vmid: 100, lock: 'backup' });
  expect((await client.control('GET', '/faults')).body).toMatchObject([
    { kind: 'quorum-loss' },
    { kind: 'lock', vmid: 100 },
  ]);
  expect((await client.control('DELETE', '/faults')).body).toEqual({ cleared: 2 });
  expect((await client.control('GET', '/faults')).body).toEqual([]);
  expect(
    (await client.api('POST', '/nodes/pve1/qemu/100/migrate', { form: { target: 'pve2', online: '1' } })).status,
  ).toBe(200);
});
