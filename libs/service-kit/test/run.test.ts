import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, inject, test } from 'vitest';
import { startNats, startRedis } from '../../../tests/support/brokers.ts';
import { eventually } from '../../../tests/support/eventually.ts';
import { Add, Counted } from './support/contracts.ts';
import { testNamespace } from './support/test-bus.ts';

const natsUrl = inject('natsUrl');
const redisUrl = inject('redisUrl');
const dataDir = mkdtempSync(join(tmpdir(), 'proxbalance-run-'));
afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

const program = join(import.meta.dirname, 'support/tiny-service.ts');

/** The tiny service as a process. */
function start(env: Record<string, string>) {
  const child = spawn(process.execPath, [program], {
    env: {
      PATH: process.env.PATH,
      NATS_URL: natsUrl,
      REDIS_URL: redisUrl,
      PROXBALANCE_DATA_DIR: dataDir,
      TINY_LIMIT: '1',
      ...env,
    },
  });
  let [out, err] = ['', ''];
  child.stdout.on('data', (part) => {
    out += part;
  });
  child.stderr.on('data', (part) => {
    err += part;
  });
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  return {
    ended,
    out: () => out,
    err: () => err,
    signal: (name: NodeJS.Signals) => child.kill(name),
    opsPort: () => eventually(() => Number(/"ops_port":(\d+)/.exec(out)?.[1] ?? expect.fail(`not up: ${out}${err}`))),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 0;
}

test('a service answers, tells how it is, and ends with 0 on SIGTERM', async () => {
  await using namespace = testNamespace(natsUrl);
  await using service = start({ PROXBALANCE_NAMESPACE: namespace.name });
  const url = `http://127.0.0.1:${await service.opsPort()}`;
  const { bus } = await namespace.open('gateway');
  expect(await bus.ask(Add, { a: 1, b: 2 })).toEqual({ ok: true, value: { sum: 3 } });

  expect(await (await fetch(`${url}/livez`)).json()).toEqual({ status: 'ok' });
  const ready = await fetch(`${url}/readyz`);
  expect(ready.status).toBe(200);
  expect(await ready.json()).toEqual({
    ready: true,
    dependencies: { nats: { ok: true, detail: expect.any(String) }, redis: { ok: true, detail: 'ready' } },
  });
  await bus.publish(Counted, { n: 1 });
  await eventually(async () => {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain('tiny_counted_total 1');
    expect(metrics).toContain('process_cpu_seconds_total');
  });

  const begin = Date.now();
  service.signal('SIGTERM');
  expect(await service.ended).toBe(0);
  expect(Date.now() - begin).toBeLessThan(7000);
  expect(service.err()).toBe('');
});

test('an invalid environment is told in full, and the exit code is 1', async () => {
  await using service = start({
    TINY_LIMIT: 'many',
    REDIS_URL: 'http://redis',
    PROXBALANCE_NAMESPACE: 'No Good',
    LOG_LEVEL: 'loud',
  });
  expect(await service.ended).toBe(1);
  const [first, ...lines] = service.err().trim().split('\n');
  expect(first).toBe('Invalid configuration:');
  expect(lines.map((line) => line.trim().split(':')[0]).toSorted()).toEqual([
    'LOG_LEVEL',
    'PROXBALANCE_NAMESPACE',
    'REDIS_URL',
    'TINY_LIMIT',
  ]);
});

test('while the brokers are away, a service lives but is not ready; it gets ready by itself, and loses it when one goes', async () => {
  await using nats = await startNats();
  await using redis = await startRedis();
  await nats.stop();
  await redis.stop();
  const port = await freePort();
  await using service = start({ NATS_URL: nats.url, REDIS_URL: redis.url, PROXBALANCE_OPS_PORT: String(port) });
  const read = async (path: string) => {
    const reply = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: reply.status, body: await reply.json() };
  };
  await eventually(async () => expect((await read('/livez')).status).toBe(200));
  expect(await read('/readyz')).toMatchObject({
    status: 503,
    body: { ready: false, dependencies: { nats: { ok: false } } },
  });
  await nats.restart();
  await redis.restart();
  await eventually(async () => expect((await read('/readyz')).status).toBe(200));

  await redis.stop();
  await eventually(async () =>
    expect(await read('/readyz')).toMatchObject({
      status: 503,
      body: { dependencies: { redis: { ok: false }, nats: { ok: true } } },
    }),
  );
  await nats.kill();
  const begin = Date.now();
  service.signal('SIGTERM');
  expect(await service.ended).toBe(0);
  expect(Date.now() - begin).toBeLessThan(7000);
});

test('a service that waits for its brokers can be stopped', async () => {
  await using nats = await startNats();
  await nats.stop();
  await using service = start({ NATS_URL: nats.url });
  await eventually(() => expect(service.out()).toContain('waiting for NATS'));
  service.signal('SIGINT');
  expect(await service.ended).toBe(0);
});

test('a second signal ends a service that does not get done closing', async () => {
  await using namespace = testNamespace(natsUrl);
  await using service = start({ PROXBALANCE_NAMESPACE: namespace.name, TINY_CLOSING: 'never' });
  await service.opsPort();
  service.signal('SIGTERM');
  await eventually(async () =>
    expect(await (await namespace.open('gateway')).bus.ask(Add, { a: 1, b: 1 })).toMatchObject({ ok: false }),
  );
  service.signal('SIGTERM');
  expect(await service.ended).toBe(1);
});
