import { expect, test } from 'vitest';
import { movesByNode } from './node-moves.ts';

test('a move counts on both its nodes, in the order of time', () => {
  const changes = [
    { at: 20, from: 'b', to: 'c' },
    { at: 10, from: 'a', to: 'b' },
  ];
  expect(movesByNode(changes)).toEqual({ a: [10], b: [10, 20], c: [20] });
});
