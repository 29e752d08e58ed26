/** The part of vitest's JSON report that is counted. */
export interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  testResults: { status: string; assertionResults: { status: string }[] }[];
}

/** The closing line, and whether the run was good. A file that failed without a failed test counts as one failure. */
export function count(report: Report | undefined, exitCode: number): { line: string; isGood: boolean } {
  const passed = report?.numPassedTests ?? 0;
  const skipped = (report?.numPendingTests ?? 0) + (report?.numTodoTests ?? 0);
  const brokenFiles = report?.testResults.filter(isBroken).length ?? 0;
  const failures = (report?.numFailedTests ?? 0) + brokenFiles;
  // A crash, an unhandled error or a failed set-up belongs to no test; it must still not read as a success.
  const failed = failures === 0 && exitCode !== 0 ? 1 : failures;
  const line = `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  return { line, isGood: exitCode === 0 && failed === 0 && passed > 0 };
}

function isBroken(file: Report['testResults'][number]): boolean {
  return file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed');
}
