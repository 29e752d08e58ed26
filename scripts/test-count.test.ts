import { expect, test } from 'vitest';
import { count, type Report } from './test-count.ts';

const good: Report = { numPassedTests: 3, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };
const brokenFile = { status: 'failed', assertionResults: [] };
const failedFile = { status: 'failed', assertionResults: [{ status: 'failed' }] };

test.each([
  ['only passes', good, 0, '3 passed, 0 failed', true],
  [
    'skipped and planned tests are told',
    { ...good, numPendingTests: 1, numTodoTests: 1 },
    0,
    '3 passed, 0 failed, 2 skipped',
    true,
  ],
  ['a failed test', { ...good, numFailedTests: 1, testResults: [failedFile] }, 1, '3 passed, 1 failed', false],
  ['a file that could not be loaded', { ...good, testResults: [brokenFile] }, 1, '3 passed, 1 failed', false],
  ['an error outside any test', good, 1, '3 passed, 1 failed', false],
  ['a crash before the report', undefined, 1, '0 passed, 1 failed', false],
  ['no test ran', { ...good, numPassedTests: 0 }, 0, '0 passed, 0 failed', false],
])('%s', (_what, report, exitCode, line, isGood) => {
  expect(count(report, exitCode)).toEqual({ line, isGood });
});
