import { describe, expect, test } from 'vitest';
import { aMigration } from '../../../../tests/support/nouns.ts';
import { openMovedGuests } from './moved-guests.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 1, 8, 12, 0, seconds)).toISOString();
const ended = (seconds: number, node: string | null = 'pve2') =>
  aMigration({ state: 'completed', final_node: node, finished_at: at(seconds) });

describe('a move that ended', () => {
  test('counts until a snapshot from after it', () => {
    const moved = openMovedGuests();
    expect(moved.migrationChanged(ended(10), at(5))).toBe(true);
    expect(moved.nodeOf(100)).toBe('pve2');
    moved.snapshotTaken(at(9));
    expect(moved.nodeOf(100)).toBe('pve2');
    moved.snapshotTaken(at(11));
    expect(moved.nodeOf(100)).toBeUndefined();
  });

  test.each([
    ['before the snapshot there is', ended(4), at(5)],
    ['at a place that could not be read', ended(10, null), at(5)],
    ['not yet', aMigration({ state: 'running' }), at(5)],
  ])('%s makes no difference', (_, migration, collectedAt) => {
    const moved = openMovedGuests();
    expect(moved.migrationChanged(migration, collectedAt)).toBe(false);
    expect(moved.nodeOf(100)).toBeUndefined();
  });

  test('counts before there is any snapshot', () => {
    expect(openMovedGuests().migrationChanged(ended(1), undefined)).toBe(true);
  });

  test('on a host whose clock is an hour ahead is overruled by the third snapshot', () => {
    const moved = openMovedGuests();
    moved.migrationChanged(ended(3600), at(5));
    for (const seconds of [10, 20]) moved.snapshotTaken(at(seconds));
    expect(moved.nodeOf(100)).toBe('pve2');
    moved.snapshotTaken(at(30));
    expect(moved.nodeOf(100)).toBeUndefined();
  });
});
