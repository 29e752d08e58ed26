import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../../../tests/support/properties.ts';
import { fromPieces, toPieces } from './pieces.ts';

test('what arrives is what JSON would have carried, however large its members are', async () => {
  const length = { minLength: 190, maxLength: 210 };
  const value = fc.record({
    name: fc.string(),
    list: fc.array(fc.jsonValue(), length),
    nothing: fc.constant(null),
    record: fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 190, maxKeys: 210 }),
  });
  await fc.assert(
    fc.asyncProperty(value, async (one) => {
      expect(await fromPieces(await toPieces(one))).toEqual(JSON.parse(JSON.stringify(one)));
    }),
    { numRuns: runs(20) },
  );
});

test('a large value comes in many pieces, and leaves room between them', async () => {
  const guests = Object.fromEntries(
    Array.from({ length: 10_000 }, (_, vmid) => [vmid, { vmid, name: 'x'.repeat(200) }]),
  );
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  const pieces = await toPieces({ guests });
  clearInterval(timer);
  expect(pieces.length).toBe(51);
  expect(Math.max(...pieces.map(({ text }) => text.length))).toBeLessThan(100_000);
  expect(turns).toBeGreaterThan(0);
});
