import { Settings } from '@proxbalance/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { mergeSettings } from './merge.ts';

const secret = z.string().default('').meta({ secret: true });
const headers = z.record(z.string(), z.string()).default({}).meta({ secret: true });
const schema = z.strictObject({
  plain: z.number().default(1),
  list: z.array(z.string()).default([]),
  password: secret,
  inner: z.strictObject({ key: secret, headers, on: z.boolean().default(false) }).prefault({}),
});
const current = {
  plain: 1,
  list: ['a', 'b'],
  password: 'p',
  inner: { key: 'k', headers: { a: 'A', b: 'B' }, on: true },
};
const merged = (patch: unknown) => mergeSettings(schema, current, patch);

test.each<[string, object, object]>([
  ['nothing changes nothing', {}, {}],
  ['what is absent stays', { plain: 2 }, { plain: 2 }],
  ['a list is replaced', { list: ['c'] }, { list: ['c'] }],
  ['a list can be emptied', { list: [] }, { list: [] }],
  ['*** keeps a secret', { password: '***' }, {}],
  ['a secret can be changed', { password: 'q' }, { password: 'q' }],
  ['a secret can be taken away', { password: '' }, { password: '' }],
  ['*** is no mask where there is no secret', { plain: '***' }, { plain: '***' }],
  ['inside, the rest stays', { inner: { on: false } }, { inner: { ...current.inner, on: false } }],
  ['inside, *** keeps too', { inner: { key: '***' } }, {}],
  [
    'a map of secrets is replaced',
    { inner: { headers: { c: 'C' } } },
    { inner: { ...current.inner, headers: { c: 'C' } } },
  ],
  [
    'with *** for those that stay',
    { inner: { headers: { a: '***', c: 'C' } } },
    { inner: { ...current.inner, headers: { a: 'A', c: 'C' } } },
  ],
  [
    'a *** for one that is not there is none',
    { inner: { headers: { x: '***' } } },
    { inner: { ...current.inner, headers: {} } },
  ],
  ['a *** for the whole map keeps it', { inner: { headers: '***' } }, {}],
  ['what is unknown is left for validation', { nope: 1 }, { nope: 1 }],
  ['what has the wrong form, too', { inner: 5 }, { inner: 5 }],
])('%s', (_, patch, change) => {
  expect(merged(patch)).toEqual({ ...current, ...change });
});

describe('odd names', () => {
  test('a key that every object has is a key like any other', () => {
    const result = merged(JSON.parse('{"__proto__": {"polluted": 1}, "constructor": 2}'));
    expect(Object.keys(result as object)).toEqual(expect.arrayContaining(['__proto__', 'constructor']));
    expect(({} as { polluted?: number }).polluted).toBeUndefined();
  });

  test('a masked header of such a name takes nothing from the prototype', () => {
    expect(merged({ inner: { headers: { constructor: '***', toString: '***' } } })).toMatchObject({
      inner: { headers: {} },
    });
    expect((merged({ inner: { headers: { constructor: '***' } } }) as typeof current).inner.headers).toEqual({});
  });
});

test('settings laid over themselves are the same', () => {
  fc.assert(
    fc.property(
      fc.record({
        proxmox_port: fc.integer({ min: 1, max: 65_535 }),
        maintenance_nodes: fc.array(fc.constantFrom('a', 'b')),
      }),
      (parts) => {
        const settings = Settings.parse(parts);
        expect(mergeSettings(Settings, settings, settings)).toEqual(settings);
      },
    ),
  );
});
