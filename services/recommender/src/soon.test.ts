import { expect, test, vi } from 'vitest';
import { soon } from './soon.ts';

test('many who ask share one piece of work; who asks after it gets another, whatever became of it', async () => {
  const errors: unknown[] = [];
  const work = vi.fn(async () => undefined).mockRejectedValueOnce(new Error('not now'));
  const ask = soon(work, 10, new AbortController().signal, (error) => errors.push(error));
  for (let time = 0; time < 5; time++) ask();
  expect(work).not.toHaveBeenCalled();
  await expect.poll(() => errors).toEqual([new Error('not now')]);
  expect(work).toHaveBeenCalledTimes(1);
  ask();
  await expect.poll(() => work.mock.calls.length).toBe(2);
});

test('nothing is begun any more once it is over', async () => {
  const over = new AbortController();
  const work = vi.fn(async () => undefined);
  const ask = soon(work, 60_000, over.signal, () => undefined);
  ask();
  over.abort();
  // The pause ends with the signal: whatever was to happen has happened by the next turn.
  await new Promise((resolve) => setImmediate(resolve));
  expect(work).not.toHaveBeenCalled();
});
