import { expect, test } from 'vitest';
import { NOW } from '../testing/series.ts';
import { analyzeGuest } from './guest-trend.ts';
import { movesByNode } from './node-moves.ts';

const guest = (vmid: number, ...nodes: string[]) =>
  analyzeGuest({
    vmid,
    now: NOW,
    samples: nodes.map((node, i) => ({ at: NOW - (nodes.length - 1 - i) * 3600, node, cpu: 10, memory: 10 })),
  });

test('a move counts on both its nodes, in the order of time', () => {
  expect(movesByNode([guest(100, 'a', 'b', 'b'), guest(101, 'c', 'c', 'c', 'a'), guest(102, 'b')])).toEqual({
    a: [NOW - 3600, NOW],
    b: [NOW - 3600],
    c: [NOW],
  });
});
