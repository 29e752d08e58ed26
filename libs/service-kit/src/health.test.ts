import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openHealth } from './health.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('is ready when every dependency is', async () => {
  const health = openHealth();
  expect(await health.read()).toEqual({ ready: true, dependencies: {} });
  health.add('nats', () => ({ ok: true, detail: 'up' }));
  health.add('redis', async () => ({ ok: false, detail: 'down' }));
  const dependencies = { nats: { ok: true, detail: 'up' }, redis: { ok: false, detail: 'down' } };
  expect(await health.read()).toEqual({ ready: false, dependencies });
  health.add('redis', async () => ({ ok: true, detail: 'up' }));
  expect(await health.read()).toMatchObject({ ready: true });
});

test.each([
  [
    'throws',
    () => {
      throw new Error('broken');
    },
  ],
  ['rejects', () => Promise.reject(new Error('broken'))],
])('a check that %s is a dependency that does not work, and says why', async (_name, check) => {
  const health = openHealth();
  health.add('it', check);
  expect(await health.read()).toEqual({ ready: false, dependencies: { it: { ok: false, detail: 'broken' } } });
});

test('a check that hangs is a dependency that does not answer; the others are told all the same', async () => {
  const health = openHealth();
  health.add('hangs', () => new Promise(() => {}));
  health.add('works', () => ({ ok: true, detail: 'up' }));
  const reading = health.read();
  await vi.advanceTimersByTimeAsync(1500);
  expect(await reading).toEqual({
    ready: false,
    dependencies: { hangs: { ok: false, detail: 'no answer within 1500 ms' }, works: { ok: true, detail: 'up' } },
  });
  expect(vi.getTimerCount()).toBe(0);
});
