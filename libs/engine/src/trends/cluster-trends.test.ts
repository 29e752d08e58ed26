import { ClusterTrends } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { NOW, nodeSamples } from '../testing/series.ts';
import { clusterTrends } from './cluster-trends.ts';
import { analyzeNode } from './node-trend.ts';

const trendOf = (node: string, perDay: number) =>
  analyzeNode({ node, samples: nodeSamples(48, 1, (i) => 50 + (perDay * i) / 24), now: NOW });

test('the worst direction is the cluster’s, and the five steepest rates move most', () => {
  const all = clusterTrends([
    trendOf('b', -8),
    trendOf('a', 1),
    trendOf('c', 0),
    ...[2, 3, 4, 5].map((n) => trendOf(`n${n}`, n)),
  ]);
  expect(all.cluster_direction).toBe('degrading');
  expect(all.top_movers.map((one) => [one.node, one.rate_per_day])).toEqual([
    ['b', -8],
    ['n5', 5],
    ['n4', 4],
    ['n3', 3],
    ['n2', 2],
  ]);
  expect(Object.keys(all.nodes)).toEqual(['a', 'b', 'c', 'n2', 'n3', 'n4', 'n5']);
  expect(() => ClusterTrends.parse(all)).not.toThrow();
});

test.each([
  ['warming', [0, 1], 'warming'],
  ['flat or falling', [0, -4], 'healthy'],
])('nodes that are at worst %s → %s', (_given, rates, direction) => {
  expect(clusterTrends(rates.map((rate, i) => trendOf(`n${i}`, rate))).cluster_direction).toBe(direction);
});

test('nothing stored → no data, no direction', () => {
  expect(clusterTrends([analyzeNode({ node: 'a', samples: [], now: NOW })])).toMatchObject({
    cluster_direction: 'unknown',
    top_movers: [],
    data_available: false,
  });
});
