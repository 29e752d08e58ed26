import type { FeedbackEntry } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { countFeedback, summarizeFeedback } from './count-feedback.ts';

const said = (parts: Partial<FeedbackEntry> = {}): FeedbackEntry => ({
  vmid: 100,
  rating: 'helpful',
  reason: '',
  source_node: null,
  target_node: null,
  score_improvement: null,
  timestamp: '2026-02-08T11:00:00.000Z',
  ...parts,
});

test('nothing was said', () => {
  expect(summarizeFeedback([])).toEqual({
    total: 0,
    helpful: 0,
    not_helpful: 0,
    helpful_pct: 0,
    reason_counts: {},
    recent: [],
  });
});

test('a summary counts everything, reasons of what was not helpful, and shows the newest twenty', () => {
  const entries = [
    said({ rating: 'not_helpful', reason: 'wrong target' }),
    said({ rating: 'not_helpful', reason: '' }),
    said({ reason: 'wrong target' }),
    said({ rating: 'not_helpful', reason: '__proto__' }),
    ...Array.from({ length: 20 }, (_, i) => said({ vmid: 200 + i })),
  ];
  const summary = summarizeFeedback(entries);
  expect(summary).toMatchObject({ total: 24, helpful: 21, not_helpful: 3, helpful_pct: 87.5 });
  expect(Object.entries(summary.reason_counts)).toEqual([
    ['wrong target', 1],
    ['__proto__', 1],
  ]);
  expect(summary.recent).toEqual(entries.slice(0, 20));
});

test('votes count by guest and move; without nodes for the guest alone', () => {
  const move = { source_node: 'pve1', target_node: 'pve2' };
  expect(
    countFeedback([
      said(move),
      said({ ...move, rating: 'not_helpful' }),
      said(move),
      said(),
      said({ vmid: 101, ...move }),
    ]),
  ).toEqual([
    { vmid: 100, ...move, helpful: 2, not_helpful: 1 },
    { vmid: 100, source_node: '', target_node: '', helpful: 1, not_helpful: 0 },
    { vmid: 101, ...move, helpful: 1, not_helpful: 0 },
  ]);
});
