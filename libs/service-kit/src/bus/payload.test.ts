import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { runs } from '../../../../tests/support/properties.ts';
import { findBreach } from './breach.ts';
import { membersOf, readLines, writeLines } from './lines.ts';
import { MalformedPayloadError, packData, packText, unpackData } from './payload.ts';

const Entry = z.object({ n: z.number(), text: z.string().optional() });
const schema = z.object({
  name: z.string(),
  guests: z.record(z.string(), Entry),
  skipped: z.array(Entry),
  noted: z.string().nullable().default(null),
});
const textOf = (data: object) => [...writeLines(data, membersOf(schema))].join('');

const entry = fc.record({ n: fc.integer(), text: fc.string({ unit: 'binary' }) });
const key = fc.string({ unit: 'grapheme' }).filter((name) => name !== '__proto__');
const anything = fc.record({
  name: fc.string({ unit: 'binary' }),
  guests: fc.dictionary(key, entry, { noNullPrototype: true, maxKeys: 300 }),
  skipped: fc.array(entry, { maxLength: 300 }),
});

describe('a payload in lines', () => {
  test('is the JSON that everybody else reads, whatever is in it', () => {
    fc.assert(fc.property(anything, (data) => void expect(JSON.parse(textOf(data))).toEqual(data)));
  });

  test('comes back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(anything, async (data) => {
        expect(await unpackData(schema, await packData(schema, data))).toEqual({ ...data, noted: null });
      }),
      { numRuns: runs(50) },
    );
  });

  test('is read some entries at a time', () => {
    const sizes: [string, number][] = [];
    const reader = readLines((name, entries) => sizes.push([name, Object.keys(entries as object).length]));
    const skipped = Array.from({ length: 250 }, (_, n) => ({ n }));
    for (const line of textOf({ name: '{', guests: {}, skipped }).split('\n')) reader.line(line);
    expect(JSON.parse(reader.end())).toEqual({ name: '{', guests: {}, skipped: [] });
    expect(sizes).toEqual([
      ['skipped', 100],
      ['skipped', 100],
      ['skipped', 50],
    ]);
  });

  test('may as well be one line, as others write it', async () => {
    const data = { name: 'x', guests: { '1': { n: 1 } }, skipped: [{ n: 2 }] };
    expect(await unpackData(schema, await packText(JSON.stringify(data)))).toEqual({ ...data, noted: null });
  });

  test.each([
    ['an entry that breaks the contract', '{"name":"x","guests":{\n"1":{"n":"one"}\n},"skipped":[]}'],
    ['a part that is missing', '{"name":"x","guests":{\n"1":{"n":1}\n}}'],
    ['a text that ends early', '{"name":"x","guests":{\n"1":{"n":1},\n"2":'],
    ['no JSON', 'nonsense'],
  ])('with %s is refused', async (_what, text) => {
    await expect(unpackData(schema, await packText(text))).rejects.toThrow(MalformedPayloadError);
  });
});

describe('what breaks the contract', () => {
  const guests = Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [String(n), { n }]));
  test('is found in whichever entry it is, and named', async () => {
    expect(await findBreach(schema, { name: 'x', guests, skipped: [] })).toBeNull();
    expect(await findBreach(schema, { name: 'x', guests: { ...guests, 900: { n: 'x' } }, skipped: [] })).toMatchObject({
      path: 'guests.900.n',
    });
  });
  test('is found beside the large members', async () => {
    expect(await findBreach(schema, { name: 1, guests, skipped: [] })).toMatchObject({ path: 'name' });
    expect(await findBreach(schema, { name: 'x', guests, skipped: null })).toMatchObject({ path: 'skipped' });
    expect(await findBreach(schema, null)).toMatchObject({ path: '' });
  });
});
