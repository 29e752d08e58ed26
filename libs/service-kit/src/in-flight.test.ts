import { expect, test } from 'vitest';
import { openInFlight } from './in-flight.ts';

test('waits for work in hand, whatever comes of it', async () => {
  const inFlight = openInFlight(new AbortController().signal);
  const { promise, resolve } = Promise.withResolvers<string>();
  const result = inFlight.track(promise);
  const failing = inFlight.track(Promise.reject(new Error('no'))).catch((error: Error) => error.message);
  const settled = inFlight.settled().then(() => 'settled');
  expect(await Promise.race([settled, Promise.resolve('waiting')])).toBe('waiting');
  resolve('done');
  expect([await result, await failing, await settled]).toEqual(['done', 'no', 'settled']);
});

test('several who wait share one period of grace', async () => {
  const closing = new AbortController();
  const inFlight = openInFlight(closing.signal, 500);
  void inFlight.track(new Promise(() => {}));
  const begin = Date.now();
  closing.abort();
  for (let round = 0; round < 5; round++) await inFlight.settled();
  expect(Date.now() - begin).toBeLessThan(2000);
});

test('nothing in hand takes no time', async () => {
  await openInFlight(AbortSignal.abort(), 60_000).settled();
});
