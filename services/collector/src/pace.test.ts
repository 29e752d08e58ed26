import { expect, test } from 'vitest';
import { inParallel, paceOf } from './pace.ts';

test.each([
  [true, 8, 8],
  [false, 8, 1],
])('parallel %s with %i workers: %i at once', (parallel_collection_enabled, max_parallel_workers, workers) => {
  const collection_optimization = { parallel_collection_enabled, max_parallel_workers };
  const pace = paceOf({ collection_interval_minutes: 5, collection_optimization });
  expect(pace).toEqual({ refreshMs: 300_000, workers });
});

test('no more are at work at once than there are workers, and each thing is done once', async () => {
  let busy = 0;
  let most = 0;
  const done: number[] = [];
  await inParallel([1, 2, 3, 4, 5, 6, 7], 3, new AbortController().signal, async (item) => {
    most = Math.max(most, ++busy);
    await new Promise((resolve) => setImmediate(resolve));
    done.push(item);
    busy--;
  });
  expect([most, done.toSorted()]).toEqual([3, [1, 2, 3, 4, 5, 6, 7]]);
});

test('nothing more is begun once it is over', async () => {
  const over = new AbortController();
  const done: number[] = [];
  await inParallel([1, 2, 3], 1, over.signal, async (item) => {
    done.push(item);
    over.abort();
  });
  expect(done).toEqual([1]);
});
