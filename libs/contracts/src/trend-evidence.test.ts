import { expect, test } from 'vitest';
import { Recommendation } from './recommendation.ts';
import { TrendEvidence } from './trend-evidence.ts';

test('a recommendation from before there was trend evidence is still read, and says that there is none', () => {
  expect(Recommendation.shape.trend_evidence.parse(undefined)).toMatchObject({ available: false });
});

test.each([
  ['no evidence without a reason', { available: false }],
  ['evidence without its factors', { available: true, source_node_trend: null, target_node_trend: null }],
])('%s is refused', (_given, value) => {
  expect(TrendEvidence.safeParse(value).success).toBe(false);
});
