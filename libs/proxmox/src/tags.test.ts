import { expect, test } from 'vitest';
import { isTag, readTags } from './tags.ts';

test.each(['a', '_a', '9', 'exclude_db', 'Prod', 'a+b.c-d', 'pb-ignore'])("'%s' is a tag", (text) => {
  expect(isTag(text)).toBe(true);
});

test.each(['', '-a', '.a', '+a', 'a b', 'a;b', 'a,b', 'ä', 'a/b', 'a\n', 'a:b'])('%j is none', (text) => {
  expect(isTag(text)).toBe(false);
});

test.each([
  [undefined, []],
  ['', []],
  ['a;B', ['a', 'B']],
  ['a, b  c;;', ['a', 'b', 'c']],
  [2024, ['2024']],
])('the tags of %j', (value, expected) => {
  expect(readTags(value)).toEqual(expected);
});
