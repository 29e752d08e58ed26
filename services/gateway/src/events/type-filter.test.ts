import fc from 'fast-check';
import { expect, test } from 'vitest';
import { typeFilter } from './type-filter.ts';

test.each([
  [undefined, 'migration.completed', true],
  ['migration.completed', 'migration.completed', true],
  ['migration.*', 'migration.completed', true],
  ['migration.*', 'migration', false],
  ['migration.*', 'xmigration.completed', false],
  ['*.failed', 'migration.failed', true],
  ['*.failed', 'migration.failed-twice', false],
  ['*', 'anything.at-all', true],
  ['node.*,settings.changed', 'settings.changed', true],
  ['node.*,settings.changed', 'guest.moved', false],
  ['node-status', 'nodeXstatus', false],
  ['migration.', 'migrationxcompleted', false],
  ['a*b*c', 'a-c-b', false],
  ['a*b*c', 'a-b-c', true],
  ['ab*ba', 'aba', false],
  ['a**a', 'aa', true],
])('types=%s, %s: %s', (types, type, wanted) => {
  expect(typeFilter(types)(type)).toBe(wanted);
});

test('it says what a regular expression would, for any pattern', () => {
  const letters = fc.constantFrom('a', 'b', '.', '-', '*');
  fc.assert(
    fc.property(
      fc.array(letters, { minLength: 1, maxLength: 7 }),
      fc.array(fc.constantFrom('a', 'b', '.', '-'), { maxLength: 8 }),
      (parts, name) => {
        const pattern = new RegExp(
          `^${parts.map((part) => (part === '*' ? '.*' : part === '.' ? '\\.' : part)).join('')}$`,
        );
        expect(typeFilter(parts.join(''))(name.join(''))).toBe(pattern.test(name.join('')));
      },
    ),
  );
});

test('a thousand wildcards take no time', () => {
  const begin = performance.now();
  typeFilter(`${'*a'.repeat(300)}${'*'.repeat(400)}z`)('a'.repeat(60));
  expect(performance.now() - begin).toBeLessThan(5000);
});
