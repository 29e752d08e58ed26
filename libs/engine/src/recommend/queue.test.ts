import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BestFirst } from './queue.ts';

test('what is put in comes out best first, also when more is put in between', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), fc.array(fc.integer()), (first, second) => {
      const queue = new BestFirst<number>((a, b) => a < b);
      for (const one of first) queue.put(one);
      const best = queue.take();
      expect(best).toBe(first.length > 0 ? Math.min(...first) : undefined);
      for (const one of second) queue.put(one);
      const left = [...first, ...second].sort((a, b) => a - b);
      if (best !== undefined) left.splice(left.indexOf(best), 1);
      const out = [];
      for (let one = queue.take(); one !== undefined; one = queue.take()) out.push(one);
      expect(out).toEqual(left);
    }),
  );
});
