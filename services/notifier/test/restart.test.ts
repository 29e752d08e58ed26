import { randomUUID } from 'node:crypto';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MigrationCompleted } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { neutralEnv } from '../../../tests/support/environment.ts';
import { eventually } from '../../../tests/support/eventually.ts';
import { aMigration } from '../../../tests/support/nouns.ts';
import { openService } from '../../../tests/support/service-process.ts';
import { openStage, toWebhook } from './support/notifier.ts';
import { startReceiver } from './support/receiver.ts';

const open = async () => {
  const stack = new AsyncDisposableStack();
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'proxbalance-notifier-')));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const receiver = stack.use(await startReceiver());
  const stage = stack.use(await openStage());
  await stage.configure(toWebhook(receiver.url, { authorization: 'hunter2' }));
  const notifier = openService('notifier', { ...neutralEnv(), ...stage.env, LOG_LEVEL: 'info' }, folder);
  stack.defer(() => notifier.kill9());
  await notifier.start();
  const tell = async (count: number) => {
    const ids = Array.from({ length: count }, () => randomUUID());
    const data = aMigration({ state: 'completed' });
    for (const id of ids) await stage.outside.bus.publish(MigrationCompleted, data, { id });
    return ids;
  };
  return { receiver, stage, notifier, tell, [Symbol.asyncDispose]: () => stack.disposeAsync() };
};

test('killed while its receiver refuses, it delivers everything after the restart, each message once', async () => {
  await using it = await open();
  it.receiver.next(...Array.from({ length: 5 }, () => ({ status: 500 })));
  const ids = await it.tell(5);
  await eventually(() => expect(it.receiver.requests).toHaveLength(5));
  await it.stage.settled();
  await it.notifier.kill9();
  const missed = await it.tell(2);
  await it.notifier.start();
  await eventually(() => expect(it.stage.delivered).toHaveLength(7), { withinMs: 40_000 });
  const taken = it.receiver.requests.slice(5).map(({ body }) => body.event.id);
  expect(taken.sort()).toEqual([...ids, ...missed].sort());
  expect(it.notifier.output()).not.toContain('hunter2');
});

test('told to stop while a receiver says nothing, it is gone in time and delivers after the restart', async () => {
  await using it = await open();
  it.receiver.next('silence');
  const [id] = await it.tell(1);
  await eventually(() => expect(it.receiver.requests).toHaveLength(1));
  const begin = Date.now();
  expect(await it.notifier.stop()).toBe(0);
  expect(Date.now() - begin).toBeLessThan(7000);
  await it.notifier.start();
  await eventually(() => expect(it.stage.delivered.map(({ data }) => data.event_id)).toEqual([id]), {
    withinMs: 20_000,
  });
});
