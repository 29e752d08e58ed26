import fc from 'fast-check';
import { expect, test } from 'vitest';
import { minimalSubset } from './minimal.ts';

const conflicts = fc.array(fc.uniqueArray(fc.nat(11), { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 5 });
const items = Array.from({ length: 12 }, (_, i) => i);

test('what is left is a conflict, and is none without any one of its parts', () => {
  fc.assert(
    fc.property(conflicts, (all) => {
      const isConflict = (kept: readonly number[]) => all.some((one) => one.every((item) => kept.includes(item)));
      const { items: found, checked } = minimalSubset(items, (kept) => (isConflict(kept) ? 'infeasible' : 'feasible'));
      expect(checked).toBe(true);
      expect(isConflict(found)).toBe(true);
      for (const item of found) expect(isConflict(found.filter((other) => other !== item))).toBe(false);
    }),
    { numRuns: 1000 },
  );
});

test('few of very many are found in few questions', () => {
  let asked = 0;
  const many = Array.from({ length: 5000 }, (_, i) => i);
  const { items: found } = minimalSubset(many, (kept) => {
    asked += 1;
    return [7, 2500, 4999].every((item) => kept.includes(item)) ? 'infeasible' : 'feasible';
  });
  expect(found).toEqual([7, 2500, 4999]);
  expect(asked).toBeLessThan(100);
});

test('where nobody knows, what is left is still a conflict, and not called checked', () => {
  fc.assert(
    fc.property(conflicts, fc.array(fc.boolean(), { minLength: 1, maxLength: 60 }), (all, knows) => {
      const isConflict = (kept: readonly number[]) => all.some((one) => one.every((item) => kept.includes(item)));
      let i = 0;
      const { items: found, checked } = minimalSubset(items, (kept) => {
        if (!knows[i++ % knows.length]) return 'unknown';
        return isConflict(kept) ? 'infeasible' : 'feasible';
      });
      expect(isConflict(found)).toBe(true);
      if (checked) for (const item of found) expect(isConflict(found.filter((other) => other !== item))).toBe(false);
    }),
    { numRuns: 1000 },
  );
});
