import type { AutomationRun } from '@proxbalance/contracts';
import { describe, expect, test } from 'vitest';
import { between, migrationsOf, pageOf, summaryOf } from './past.ts';

const decision = (vmid: number, parts: Partial<AutomationRun['decisions'][number]> = {}) => ({
  vmid,
  name: `guest-${vmid}`,
  source_node: 'pve1',
  target_node: 'pve2',
  action: 'would-migrate' as const,
  reason: 'crowded',
  type: 'CT' as const,
  score_improvement: 40,
  confidence_score: 83,
  ...parts,
});
const run: AutomationRun = {
  run_id: 'r1',
  dry_run: true,
  started_at: '2026-02-08T10:00:00.000Z',
  finished_at: '2026-02-08T10:00:02.500Z',
  status: 'completed',
  reason: 'dry run: would move 2 guests and leave 1',
  decisions: [decision(100), decision(101, { action: 'refused', reason: '40 % sure' }), decision(102)],
};

test('a run says what it came to, and which place each candidate had', () => {
  const { decisions, ...summary } = summaryOf(run);
  expect(summary).toEqual({
    run_id: 'r1',
    dry_run: true,
    started_at: run.started_at,
    finished_at: run.finished_at,
    status: 'completed',
    reason: run.reason,
    timestamp: run.started_at,
    mode: 'dry-run',
    duration_seconds: 2.5,
    migrations_executed: 0,
    migrations_successful: 0,
  });
  expect(decisions.map(({ vmid, priority_rank, total_candidates }) => [vmid, priority_rank, total_candidates])).toEqual(
    [
      [100, 1, 3],
      [101, 2, 3],
      [102, 3, 3],
    ],
  );
});

test('its moves are those it decided on, and what an older version did not record is unknown', () => {
  const old = decision(103, { type: undefined, score_improvement: undefined, confidence_score: undefined });
  const moves = migrationsOf({ ...run, decisions: [...run.decisions, old] });
  expect(moves.map(({ vmid }) => vmid)).toEqual([100, 102, 103]);
  expect(moves[0]).toMatchObject({
    id: 'r1.100',
    timestamp: run.finished_at,
    type: 'CT',
    status: 'dry-run',
    dry_run: true,
  });
  expect(moves[2]).toMatchObject({ type: null, score_improvement: null, confidence_score: null });
});

describe('bounds', () => {
  const all = [1, 2, 3].map((second) => ({ timestamp: `2026-02-08T10:00:0${second}.000Z` }));
  test.each([
    [undefined, undefined, 3],
    ['2026-02-08T10:00:02Z', undefined, 2],
    [undefined, '2026-02-08T10:00:02Z', 2],
    ['2026-02-08T10:00:02Z', '2026-02-08T10:00:02Z', 1],
    ['2026-02-08T10:00:02.001Z', undefined, 1],
    ['2026-02-09T00:00:00Z', undefined, 0],
  ])('from %s to %s: %d, ends included', (from, to, count) => {
    expect(between(all, from, to)).toHaveLength(count);
  });
});

test.each([
  [{}, [1, 2, 3, 4, 5], 5],
  [{ limit: 2 }, [1, 2], 5],
  [{ limit: 2, offset: 4 }, [5], 5],
  [{ offset: 9 }, [], 5],
  [{ status: 'odd', limit: 2, offset: 1 }, [3, 5], 3],
])('a page %o', (wanted, expected, total) => {
  const all = [1, 2, 3, 4, 5].map((id) => ({ id, status: id % 2 ? 'odd' : 'even' }));
  const { page, total: matches } = pageOf(all, wanted);
  expect(page.map(({ id }) => id)).toEqual(expected);
  expect(matches).toBe(total);
});
