import { describe, expect, test } from 'vitest';
import { openOverlay } from './overlay.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 1, 8, 12, 0, seconds)).toISOString();

describe('what became known', () => {
  test('counts until a snapshot that was surely begun after it', () => {
    const overlay = openOverlay<string>();
    expect(overlay.learn(100, 'pve2', at(10), at(5))).toBe(true);
    expect([overlay.of(100), overlay.entries()]).toEqual(['pve2', [[100, 'pve2']]]);
    overlay.snapshotTaken(at(9));
    overlay.snapshotTaken(at(11));
    expect(overlay.of(100)).toBe('pve2');
    overlay.snapshotTaken(at(12));
    expect([overlay.of(100), overlay.entries()]).toEqual([undefined, []]);
  });

  test('is left out for a snapshot that has seen it', () => {
    const overlay = openOverlay<string>();
    overlay.learn(100, 'pve2', at(10), at(5));
    expect([11, 12].map((seconds) => overlay.entries(at(seconds)).length)).toEqual([1, 0]);
  });

  test('makes no difference when the snapshot there is has seen it', () => {
    const overlay = openOverlay<string>();
    expect(overlay.learn(100, 'pve2', at(3), at(5))).toBe(false);
    expect(overlay.of(100)).toBeUndefined();
  });

  test('counts before there is any snapshot', () => {
    expect(openOverlay<string>().learn(100, 'pve2', at(1), undefined)).toBe(true);
  });

  test('is not replaced by what was known before it and arrives later', () => {
    const overlay = openOverlay<string>();
    overlay.learn(100, 'pve3', at(12), at(5));
    expect(overlay.learn(100, 'pve2', at(10), at(5))).toBe(false);
    expect(overlay.of(100)).toBe('pve3');
  });

  test('on a host whose clock is an hour ahead is overruled by the third snapshot', () => {
    const overlay = openOverlay<string>();
    overlay.learn(100, 'pve2', at(3600), at(5));
    for (const seconds of [10, 20]) overlay.snapshotTaken(at(seconds));
    expect(overlay.of(100)).toBe('pve2');
    overlay.snapshotTaken(at(30));
    expect(overlay.of(100)).toBeUndefined();
  });
});
