import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { stampOf } from './bootstrap.mjs';

let folder;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'proxbalance-stamp-'));
  mkdirSync(join(folder, 'libs/engine'), { recursive: true });
  write('pnpm-workspace.yaml', "packages:\n  - libs/*\n  - 'simulator'\n\ncatalog:\n  zod: ^4\n");
  write('pnpm-lock.yaml', 'lockfileVersion: 9\n');
  write('package.json', '{}');
  write('libs/engine/package.json', '{}');
});
afterEach(() => rmSync(folder, { recursive: true }));

test('the same files give the same stamp', () => {
  expect(stampOf(folder)).toBe(stampOf(folder));
});

test.each([
  ['the lockfile', 'pnpm-lock.yaml', 'lockfileVersion: 10\n'],
  ['the root package.json', 'package.json', '{"name":"x"}'],
  ['a package of a listed folder', 'libs/engine/package.json', '{"name":"x"}'],
  ['a package listed by name that is new', 'simulator/package.json', '{}'],
  ['the catalog', 'pnpm-workspace.yaml', 'packages:\n  - libs/*\ncatalog:\n  zod: ^5\n'],
])('%s changes the stamp', (_what, name, text) => {
  const before = stampOf(folder);
  mkdirSync(join(folder, name, '..'), { recursive: true });
  write(name, text);
  expect(stampOf(folder)).not.toBe(before);
});

test('a source file does not change the stamp', () => {
  const before = stampOf(folder);
  write('libs/engine/index.ts', 'export {}');
  expect(stampOf(folder)).toBe(before);
});

function write(name, text) {
  writeFileSync(join(folder, name), text);
}
