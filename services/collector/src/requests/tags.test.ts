import { expect, test } from 'vitest';
import { edited } from './tags.ts';

test.each([
  ['adds at the end', ['web'], ['db'], [], ['web', 'db']],
  ['adds nothing that differs in case alone', ['Web'], ['web'], [], ['Web']],
  ['removes whatever the case', ['Web', 'db'], [], ['wEB'], ['db']],
  ['adds and removes at once', ['a', 'b'], ['c'], ['a'], ['b', 'c']],
  ['the same twice is once', [], ['x', 'X'], [], ['x']],
])('%s', (_, tags, add, remove, after) => {
  expect(edited(tags, add, remove)).toEqual(after);
  // Tried again after it worked, it changes nothing.
  expect(edited(after, add, remove)).toEqual(after);
});
