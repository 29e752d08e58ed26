import { describe, expect, test } from 'vitest';
import { Tag } from './guest-facts.ts';

/* Proxmox's own rule: `[a-z0-9_][a-z0-9_+.-]*`, in either case, of whatever length. */
describe('a tag', () => {
  test.each(['a', '_x', '9', 'Prod', 'a+b.c-d_e', 'NaN', 'x'.repeat(300)])('%s is one', (text) => {
    expect(Tag.parse(text)).toBe(text);
  });

  test('may have blanks around it', () => {
    expect(Tag.parse(' web\n')).toBe('web');
  });

  const begins = ['-a', '.a', '+a', 'a b', 'a;b', 'a,b', 'ü', 'a\u0000', 'a/b', 'а'];
  test.each<[string, string]>([
    ['', 'must not be empty'],
    ['  ', 'must not be empty'],
    ...begins.map((text): [string, string] => [text, 'must begin with']),
    ['x'.repeat(1001), 'at most 1000'],
  ])('%j is none: %s', (text, message) => {
    const parsed = Tag.safeParse(text);
    expect(parsed.error?.issues.map((issue) => issue.message)).toEqual([expect.stringContaining(message)]);
  });
});
