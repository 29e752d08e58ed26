import { MakePlan, RefusedError } from '@proxbalance/contracts';
import { answer, settingsDocument } from '@proxbalance/service-kit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { type Gateway, play, startGateway } from './support/gateway.ts';
import { refusal } from './support/refusal.ts';

let gateway: Gateway;
beforeEach(async () => {
  gateway = await startGateway();
});
afterEach(() => gateway[Symbol.asyncDispose]());

test.each([
  ['too-many-requests', 429],
  ['conflict', 409],
  ['no-snapshot', 503],
] as const)('the recommender’s %s leaves as %i, in its words', async (code, status) => {
  const handler = answer(MakePlan, () => Promise.reject(new RefusedError(code, 'not now')));
  await play(await gateway.as('recommender'), [handler]);
  expect(await refusal(await gateway.post('/api/plan', { goal: 'balance' }))).toMatchObject({
    ...{ status, code },
    error: 'not now',
  });
});

test('a caller who goes away is told to whoever plans', async () => {
  const heard: string[] = [];
  const handler = answer(MakePlan, async (_request, { signal }) => {
    heard.push('asked');
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    heard.push('called off');
    throw new RefusedError('service-unavailable', 'nobody waits for it any more');
  });
  const recommender = await gateway.as('recommender');
  await play(recommender, [handler]);
  const caller = new AbortController();
  const headers = { 'content-type': 'application/json' };
  const asked = fetch(`${gateway.url}/api/plan`, {
    ...{ method: 'POST', headers, body: '{"goal":"balance"}', signal: caller.signal },
  }).catch((error: Error) => error.name);
  await eventually(() => expect(heard).toEqual(['asked']));
  // On the connection of who plans: when this is answered, NATS knows what it listens to.
  await recommender.bus.document(settingsDocument).read();
  caller.abort();
  expect(await asked).toBe('AbortError');
  await eventually(() => expect(heard).toEqual(['asked', 'called off']));
});
