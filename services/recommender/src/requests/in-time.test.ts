import { RefusedError } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { inTime } from './in-time.ts';

const refused = expect.objectContaining({ code: 'broker-unavailable', message: expect.stringMatching(/^Redis: /) });

test('what work gives is given on; a refusal stays what it is', async () => {
  expect(await inTime(Promise.resolve(7))).toBe(7);
  const own = new RefusedError('no-history', 'none');
  await expect(inTime(Promise.reject(own))).rejects.toBe(own);
});

test('work that fails or does not end is a refusal', async () => {
  await expect(inTime(Promise.reject(new Error('gone')))).rejects.toEqual(refused);
  await expect(inTime(new Promise(() => undefined), 5)).rejects.toEqual(refused);
});
