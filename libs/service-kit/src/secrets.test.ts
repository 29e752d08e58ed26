import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { isSealed, keptSecretKey, secretBox, secretKeyText } from './secrets.ts';

const folder = mkdtempSync(join(tmpdir(), 'proxbalance-key-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const keyOf = (byte: number) => Buffer.alloc(32, byte).toString('base64');
const box = secretBox(keyOf(1));

test('what was sealed opens to the same text, and the seal shows nothing of it', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 4 }), (text) => {
      const sealed = box.seal(text);
      expect(isSealed(sealed)).toBe(true);
      expect(sealed).not.toContain(text);
      expect(box.open(sealed)).toBe(text);
    }),
  );
});

test('the same text is sealed differently each time', () => {
  expect(box.seal('same')).not.toBe(box.seal('same'));
});

test('another key does not open it', () => {
  expect(() => secretBox(keyOf(2)).open(box.seal('text'))).toThrow();
});

test('no changed or shortened seal opens', () => {
  const bytes = Buffer.from(box.seal('some text').slice('enc:v1:'.length), 'base64');
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, change) => {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ change;
      expect(() => box.open(`enc:v1:${changed.toString('base64')}`)).toThrow();
      expect(() => box.open(`enc:v1:${bytes.subarray(0, at).toString('base64')}`)).toThrow();
    }),
  );
});

test.each(['', 'short', Buffer.alloc(31).toString('base64'), Buffer.alloc(33).toString('base64')])(
  '%j is no key',
  (text) => {
    expect(secretKeyText.safeParse(text).success).toBe(false);
  },
);

test('the kept key is made once, and is its owner’s alone', () => {
  const dir = join(folder, 'new', 'data');
  const key = keptSecretKey(dir);
  expect(keptSecretKey(dir)).toBe(key);
  expect(statSync(join(dir, 'secret.key')).mode & 0o777).toBe(0o600);
  expect(statSync(dir).mode & 0o777).toBe(0o700);
});

test('processes that start at once on one data folder agree on one key', async () => {
  const dir = join(folder, 'shared');
  const script = `import { keptSecretKey } from ${JSON.stringify(join(import.meta.dirname, 'secrets.ts'))};
    process.stdout.write(keptSecretKey(${JSON.stringify(dir)}));`;
  const run = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  const keys = await Promise.all([1, 2, 3, 4].map(async () => (await run()).stdout));
  expect(new Set(keys)).toEqual(new Set([keptSecretKey(dir)]));
  expect(readdirSync(dir)).toEqual(['secret.key']);
});
