import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aGuest } from '../../../../libs/engine/src/testing/build.ts';
import { encode } from './encode.ts';

const text = async (value: unknown) => (await encode(value)).body.toString();

test('it is what JSON.stringify makes of it, with the hash of that', async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue({ maxDepth: 5 }), async (value) => {
      const { body, hash } = await encode(value);
      expect(body.toString()).toBe(JSON.stringify(value));
      expect(hash).toBe(createHash('sha256').update(body).digest('base64url'));
    }),
  );
});

test.each([
  ['a part that is not there', { a: undefined, b: 1, c: { d: undefined } }],
  ['nothing in a list', [undefined, [null, undefined]]],
  ['nothing at all', {}],
  ['names that need quoting', { 'a"b': { '\n': ['\u2028', 'é'] } }],
  ['a field that every object has', JSON.parse('{"__proto__": {"a": 1}}')],
])('%s', async (_, value) => {
  expect(await text(value)).toBe(JSON.stringify(value));
});

test('10 000 guests are written with turns for everybody else in between', async () => {
  const guests = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [index, aGuest({ vmid: index })]));
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  const { body } = await encode({ success: true, data: { guests } });
  clearInterval(timer);
  expect(body.length).toBeGreaterThan(8e6);
  expect(turns).toBeGreaterThan(1);
});
