import { Settings } from '@proxbalance/contracts';
import { describe, expect, test } from 'vitest';
import { aGeneration, aRecommendation } from '../../../tests/support/nouns.ts';
import { decide } from './decide.ts';

const on = Settings.parse({ automated_migrations: { enabled: true } });
const now = new Date('2026-02-08T10:30:00Z');
const taken = (secondsAgo: number) => new Date(now.getTime() - secondsAgo * 1000).toISOString();

describe('refused', () => {
  test.each([
    [
      'while automation is off',
      aGeneration({ snapshot_collected_at: taken(1) }),
      Settings.parse({}),
      'automation is off',
    ],
    ['without recommendations', null, on, 'there are no recommendations yet'],
    [
      'with old recommendations',
      aGeneration({ snapshot_collected_at: taken(301) }),
      on,
      'the recommendations are 5 minutes old',
    ],
    [
      'with very old ones',
      aGeneration({ snapshot_collected_at: taken(7200) }),
      on,
      'the recommendations are 120 minutes old',
    ],
  ])('%s', (_, generation, settings, reason) => {
    expect(decide(generation, settings, now)).toEqual({ status: 'refused', reason, decisions: [] });
  });
});

test('what would be done is said of each guest, in the order of the recommendations', () => {
  const recommendations = [aRecommendation({ vmid: 101 }), aRecommendation({ vmid: 100, reason: 'crowded' })];
  const verdict = decide(aGeneration({ snapshot_collected_at: taken(299), recommendations }), on, now);
  expect(verdict).toMatchObject({ status: 'completed', reason: 'dry run: would move 2 guests' });
  expect(verdict.decisions).toEqual([
    expect.objectContaining({ vmid: 101, action: 'would-migrate' }),
    {
      vmid: 100,
      name: 'guest-100',
      source_node: 'pve1',
      target_node: 'pve2',
      action: 'would-migrate',
      reason: 'crowded',
      type: 'VM',
      score_improvement: 60,
      confidence_score: 80,
    },
  ]);
});

test('what is less sure than the settings want is left, and it is said why', () => {
  const recommendations = [75, 74.9].map((confidence_score, index) =>
    aRecommendation({ vmid: 100 + index, confidence_score }),
  );
  const generation = aGeneration({ snapshot_collected_at: taken(0), recommendations });
  const verdict = decide(generation, on, now);
  expect(verdict.reason).toBe('dry run: would move 1 guest and leave 1');
  expect(verdict.decisions.map(({ action }) => action)).toEqual(['would-migrate', 'refused']);
  expect(verdict.decisions[1]?.reason).toBe('74.9 % sure, 75 % are wanted');
  const bold = Settings.parse({ ...on, migration_settings: { min_confidence: 50 } });
  expect(decide(generation, bold, now).decisions.map(({ action }) => action)).toEqual([
    'would-migrate',
    'would-migrate',
  ]);
});

test.each([
  [[], 'nothing is recommended'],
  [[aRecommendation()], 'dry run: would move 1 guest'],
])('a number of guests is said as people say it', (recommendations, reason) => {
  expect(decide(aGeneration({ snapshot_collected_at: taken(0), recommendations }), on, now).reason).toBe(reason);
});

test('a snapshot from a host whose clock is ahead is as fresh as can be', () => {
  expect(decide(aGeneration({ snapshot_collected_at: taken(-60) }), on, now).status).toBe('completed');
});
