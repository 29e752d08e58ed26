import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GuestMoved } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { startNats, startRedis } from '../../../tests/support/brokers.ts';
import { openEvents } from '../../../tests/support/event-reader.ts';
import { eventually } from '../../../tests/support/eventually.ts';
import { type Gateway, showSnapshot, startGateway } from './support/gateway.ts';
import { startProcess } from './support/process.ts';
import { refusal } from './support/refusal.ts';

const promptMs = 2000;

/** Commands and live questions, each to be refused at once. */
async function askAll({ post, get }: Gateway) {
  const upid = 'UPID:pve1:000003A1:02B70000:69A1B2C3:qmigrate:100:lb@pve!t1:';
  const asks = [
    () => post('/api/refresh'),
    () => post('/api/recommendations', {}),
    () => post('/api/node-scores', {}),
    () => post('/api/migrate', { vmid: 100, source_node: 'pve1', target_node: 'pve2' }),
    () => post(`/api/migrations/${upid}/cancel`),
    () => get(`/api/tasks/pve1/${upid}`),
    () => post('/api/config', { proxmox_port: 8007 }),
    () => post('/api/notifications/test', { provider: 'webhook' }),
  ];
  return Promise.all(
    asks.map(async (ask) => {
      const begin = Date.now();
      const { status, code } = await refusal(await ask());
      expect(Date.now() - begin).toBeLessThan(promptMs);
      return `${status} ${code}`;
    }),
  );
}

test('without NATS commands are refused at once, reads go on, and everything comes back by itself', async () => {
  const storeDir = mkdtempSync(join(tmpdir(), 'proxbalance-gateway-'));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rmSync(storeDir, { recursive: true, force: true }));
  const nats = stack.use(await startNats({ storeDir }));
  const gateway = stack.use(await startGateway({ NATS_URL: nats.url }));
  await showSnapshot(gateway);
  const reader = stack.use(await openEvents(gateway.url, { types: 'guest.moved' }));

  await nats.kill();
  await eventually(async () => expect(new Set(await askAll(gateway))).toEqual(new Set(['503 broker-unavailable'])));
  for (const path of ['analyze', 'guests/locations', 'guests/100/location', 'guests/100/migration-status', 'config'])
    expect((await gateway.get(`/api/${path}`)).status).toBe(200);
  const health = (await (await gateway.get('/api/health')).json()) as {
    ready: boolean;
    dependencies: { nats: { ok: boolean } };
  };
  expect(health).toMatchObject({
    status: 'ok',
    ready: false,
    dependencies: { nats: { ok: false }, redis: { ok: true } },
  });

  await nats.restart();
  await eventually(async () => expect((await gateway.post('/api/config', { proxmox_port: 8007 })).status).toBe(200));
  const { bus } = await gateway.as('collector');
  await bus.publish(GuestMoved, { vmid: 100, name: 'web', from: 'pve1', to: 'pve2' });
  await eventually(() => expect(reader.of(GuestMoved)).toHaveLength(1));
});

test('without Redis the gateway serves, and says so', async () => {
  await using redis = await startRedis();
  await using gateway = await startGateway({ REDIS_URL: redis.url });
  await showSnapshot(gateway);
  await redis.kill();
  await eventually(async () => {
    const health = await (await gateway.get('/api/health')).json();
    expect(health).toMatchObject({
      status: 'ok',
      ready: false,
      dependencies: { nats: { ok: true }, redis: { ok: false } },
    });
  });
  expect((await gateway.get('/api/analyze')).status).toBe(200);
  expect((await gateway.post('/api/config', { proxmox_port: 8007 })).status).toBe(200);
});

test('a gateway that is told to stop ends its streams and is gone in time', async () => {
  const { env, close } = await startGateway();
  await close();
  await using child = await startProcess('gateway', env);
  const readers = await Promise.all(Array.from({ length: 20 }, () => openEvents(child.url())));
  const begin = Date.now();
  expect(await child.stop()).toBe(0);
  expect(Date.now() - begin).toBeLessThan(7000);
  await Promise.all(readers.map((reader) => reader[Symbol.asyncDispose]()));
});
