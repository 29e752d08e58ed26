import { expect, test } from 'vitest';
import { movesByNode } from './node-trends.ts';

test('a move is a jump of both nodes', () => {
  const moves = [
    { at: 10, vmid: 100, from: 'pve1', to: 'pve2' },
    { at: 20, vmid: 101, from: 'pve2', to: 'pve3' },
  ];
  expect(Object.fromEntries(movesByNode(moves))).toEqual({ pve1: [10], pve2: [10, 20], pve3: [20] });
});
