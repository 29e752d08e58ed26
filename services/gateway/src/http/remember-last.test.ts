import { expect, test } from 'vitest';
import { rememberLast } from './remember-last.ts';

test('a header that is missing on the very first request is answered like any other', () => {
  const length = rememberLast((text: string | undefined) => text?.length ?? -1);
  expect([length(undefined), length(undefined), length('gzip'), length(undefined)]).toEqual([-1, -1, 4, -1]);
});

test('the same question twice is worked out once', () => {
  let worked = 0;
  const same = rememberLast((text: string) => {
    worked++;
    return text;
  });
  expect([same('a'), same('a'), same('b')]).toEqual(['a', 'a', 'b']);
  expect(worked).toBe(2);
});
