import { expect, test } from 'vitest';
import { collectionPatch } from './collection.ts';

type Asked = Parameters<typeof collectionPatch>[0];

test.each<[string, Asked, Record<string, unknown>]>([
  ['nothing', {}, {}],
  ['an interval', { collection_interval_minutes: 20 }, { collection_interval_minutes: 20 }],
  ['workers, in short', { max_parallel_workers: 7 }, { collection_optimization: { max_parallel_workers: 7 } }],
  [
    'a small cluster',
    { collection_optimization: { cluster_size: 'small' } },
    {
      collection_interval_minutes: 5,
      collection_optimization: { cluster_size: 'small', max_parallel_workers: 3, node_rrd_timeframe: 'day' },
    },
  ],
  [
    'a medium one',
    { collection_optimization: { cluster_size: 'medium' } },
    {
      collection_interval_minutes: 15,
      collection_optimization: { cluster_size: 'medium', max_parallel_workers: 5, node_rrd_timeframe: 'day' },
    },
  ],
  [
    'a large one, with a word of one’s own',
    { collection_interval_minutes: 60, collection_optimization: { cluster_size: 'large', max_parallel_workers: 2 } },
    {
      collection_interval_minutes: 60,
      collection_optimization: { cluster_size: 'large', max_parallel_workers: 2, node_rrd_timeframe: 'hour' },
    },
  ],
  [
    'custom',
    { max_parallel_workers: 4, collection_optimization: { cluster_size: 'custom', max_parallel_workers: 4 } },
    { collection_optimization: { cluster_size: 'custom', max_parallel_workers: 4 } },
  ],
])('%s', (_, asked, patch) => {
  expect(collectionPatch(asked)).toEqual(patch);
});

test('two numbers of workers contradict each other', () => {
  const asked = { max_parallel_workers: 4, collection_optimization: { max_parallel_workers: 5 } };
  expect(() => collectionPatch(asked)).toThrow('given twice');
});
