import { TrendEvidence } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { NOW, nodeSamples } from '../testing/series.ts';
import { profileGuest } from '../trends/guest-profile.ts';
import { analyzeNode } from '../trends/node-trend.ts';
import { type EvidenceInput, evidenceSentence, strongFactors, trendEvidence } from './trend-evidence.ts';

const trendOf = (node: string, perDay: number, hours = 168) =>
  analyzeNode({ node, samples: nodeSamples(hours + 1, 1, (i) => 40 + (perDay * i) / 24), now: NOW });
const pastOf = (cpu: (i: number) => number, moves = 0) => ({
  ...profileGuest(nodeSamples(100, 1, cpu).map(({ at }, i) => ({ at, avg: cpu(i), p95: cpu(i) }))),
  moves,
});
const growing = pastOf((i) => 20 + i / 10, 1);
const evidence = (parts: Partial<EvidenceInput>) => {
  const given = { guestName: 'web', sourceNode: 'pve1', targetNode: 'pve2', source: undefined, target: undefined };
  const found = trendEvidence({ ...given, guest: undefined, ...parts });
  expect(() => TrendEvidence.parse(found)).not.toThrow();
  return found;
};
const texts = (found: TrendEvidence) => (found.available ? found.decision_factors.map((one) => one.factor) : []);

test('a rising source, a steady target, a growing guest → three clear reasons, the weightiest told', () => {
  const found = evidence({ source: trendOf('pve1', 4), target: trendOf('pve2', 0), guest: growing });
  expect(texts(found)).toEqual([
    'CPU of pve1 rises by 4.0 points a day',
    'pve2 is steady (100 of 100)',
    'web needs more every day (+2.4%/day)',
    'web changed its node once of late',
  ]);
  expect(strongFactors(found)).toBe(3);
  expect(evidenceSentence(found)).toBe('CPU of pve1 rises by 4.0 points a day; pve2 is steady (100 of 100).');
  expect(found).toMatchObject({
    source_node_trend: {
      cpu_trend: '+4.0%/day',
      cpu_direction: 'sustained_increase',
      baseline_deviation_sigma: expect.anything(),
    },
    guest_trend: { behavior: 'growing', previous_migrations: 1 },
    data_quality: {
      node_history_days: 7,
      guest_history_days: 4.1,
      confidence_note: 'High confidence: 7.0 days of node history',
    },
  });
});

test.each([
  ['needs less every day', pastOf((i) => 40 - i / 5), 'growing'],
  ['swings so that no line describes it', pastOf((i) => 30 + i / 4 + (i % 2 ? 28 : -28)), 'growing'],
])('a guest that %s is no problem that grows', (_given, guest, behavior) => {
  expect(guest.behavior).toBe(behavior);
  expect(Math.abs(guest.growth_rate_per_day)).toBeGreaterThan(2);
  expect(texts(evidence({ source: trendOf('pve1', 4), guest })).join()).not.toContain('web needs more');
});

test('a target that rises itself → a concern, and it is told', () => {
  const found = evidence({ source: trendOf('pve1', 0), target: trendOf('pve2', 1.5) });
  expect(texts(found)).toContain('CPU of pve2 itself rises by 1.5 points a day');
  expect(evidenceSentence(found)).toContain('itself rises');
});

test.each([
  [1, 'Limited'],
  [3, 'Moderate'],
  [7, 'High'],
])('%d days of history → %s confidence', (days, note) => {
  const found = evidence({ source: trendOf('pve1', 0, 24 * days), target: trendOf('pve2', 0) });
  expect(found.available && found.data_quality.confidence_note).toContain(note);
});

test('a rate nobody can trust decides nothing', () => {
  const restless = analyzeNode({ node: 'pve1', samples: nodeSamples(48, 1, (i) => (i % 2 ? 60 : 20)), now: NOW });
  expect(restless.cpu.rate_per_day).toBeGreaterThan(1);
  expect(texts(evidence({ source: restless, target: restless }))).toEqual([]);
});

test('too few samples of both nodes → no evidence, and why; of one → only the other is shown', () => {
  const none = analyzeNode({ node: 'pve1', samples: nodeSamples(1, 1, () => 40), now: NOW });
  const nothing = evidence({ source: none, target: undefined });
  expect(nothing).toEqual({ available: false, reason: 'Too few samples of pve1 and pve2 are stored' });
  expect([strongFactors(nothing), evidenceSentence(nothing)]).toEqual([0, '']);
  expect(evidence({ source: none, target: trendOf('pve2', 0) })).toMatchObject({ source_node_trend: null });
});
