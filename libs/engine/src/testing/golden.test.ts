import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { differences, type Vector } from './golden.ts';

const root = resolve(import.meta.dirname, '../../../..');
const shared = resolve(root, process.env.PROXBALANCE_SHARED ?? '../shared');
const file = resolve(shared, 'fixtures/golden/scoring.jsonl');
const there = existsSync(file);

if (!there) console.warn(`SKIPPED: golden scoring vectors, there is no ${file}; PROXBALANCE_SHARED names the folder`);

test.skipIf(!there)('every golden vector → the same result', () => {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  const found = lines.flatMap((line, i) =>
    differences(JSON.parse(line) as Vector).map((text) => `line ${i + 1}: ${text}`),
  );
  expect(found).toEqual([]);
  expect(lines.length).toBeGreaterThan(0);
});
