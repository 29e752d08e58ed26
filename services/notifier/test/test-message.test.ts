import { TestNotification } from '@proxbalance/contracts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { openStage, type Stage, toWebhook } from './support/notifier.ts';
import { type Receiver, startReceiver } from './support/receiver.ts';

let stage: Stage;
let receiver: Receiver;
beforeEach(async () => {
  [stage, receiver] = [await openStage(), await startReceiver()];
});
afterEach(async () => {
  await stage[Symbol.asyncDispose]();
  await receiver[Symbol.asyncDispose]();
});

const askTest = async () => {
  const outcome = await eventually(async () => {
    const answer = await stage.outside.bus.ask(TestNotification, { provider: 'webhook' });
    expect(answer).not.toMatchObject({ error: { code: 'service-unavailable' } });
    return answer;
  });
  expect(JSON.stringify(outcome)).not.toContain('hunter2');
  return outcome;
};

test('a test message goes out now, even while notifications are off', async () => {
  await stage.configure({ ...toWebhook(receiver.url), enabled: false });
  await stage.start();
  expect(await askTest()).toEqual({ ok: true, value: { provider: 'webhook', status: 204 } });
  expect(receiver.requests.map(({ body }) => body.title)).toEqual(['ProxBalance test']);
});

test('without an address there is nothing to test', async () => {
  await stage.start();
  expect(await askTest()).toMatchObject({
    ok: false,
    error: { code: 'invalid-input', message: 'webhook: no url is configured' },
  });
});

test.each([
  ['a receiver that refuses', 500, 'webhook: the receiver answered HTTP 500'],
  ['a receiver that sends us elsewhere', 302, 'webhook: the receiver answered HTTP 302'],
])('%s is said as it is, once and without the address', async (_, status, message) => {
  receiver.next({ status, headers: { location: receiver.url } });
  await stage.configure(toWebhook(receiver.url, { authorization: 'hunter2' }));
  await stage.start();
  expect(await askTest()).toMatchObject({ ok: false, error: { code: 'delivery-failed', message } });
  expect(receiver.requests).toHaveLength(1);
});

test('a closed port is said as it is', async () => {
  const gone = await startReceiver();
  await gone[Symbol.asyncDispose]();
  await stage.configure(toWebhook(gone.url));
  await stage.start();
  expect(await askTest()).toMatchObject({
    ok: false,
    error: { code: 'delivery-failed', message: 'webhook: not delivered: ECONNREFUSED' },
  });
});

test.each([
  'http://169.254.169.254/latest/meta-data/hunter2',
  'http://2852039166/hunter2',
  'http://0xa9fea9fe/hunter2',
  'http://[::ffff:169.254.169.254]/hunter2',
  'http://[fe80::1]/hunter2',
  'http://0.0.0.0/hunter2',
])('%s is never asked', async (url) => {
  await stage.configure(toWebhook(url));
  await stage.start();
  const message = 'webhook: not delivered: the address is link-local or a metadata service';
  expect(await askTest()).toMatchObject({ ok: false, error: { code: 'delivery-failed', message } });
});
