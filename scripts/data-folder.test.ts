import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openDataFolder } from './data-folder.ts';

let parent: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'proxbalance-data-'));
});
afterEach(() => rmSync(parent, { recursive: true }));

test('a new folder is for its owner only', () => {
  const dir = openDataFolder(join(parent, 'a/b'));
  expect(statSync(dir).mode & 0o777).toBe(0o700);
});

test('a folder that can not be made is named in the error', () => {
  writeFileSync(join(parent, 'file'), '');
  expect(() => openDataFolder(join(parent, 'file/data'))).toThrow(join(parent, 'file/data'));
});
