import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { count, type Report } from './test-count.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Runs every vitest project (or what the arguments choose) and ends with one line: N passed, N failed. */
const folder = mkdtempSync(join(tmpdir(), 'proxbalance-report-'));
const file = join(folder, 'report.json');
const exitCode = await vitest(['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]);
const report = await readFile(file, 'utf8').then(
  (text): Report => JSON.parse(text),
  () => undefined,
);
rmSync(folder, { recursive: true });

const { line, isGood } = count(report, exitCode);
console.log(`\n${line}`);
process.exitCode = isGood ? 0 : 1;

function vitest(reporters: string[]): Promise<number> {
  const script = join(root, 'node_modules/vitest/vitest.mjs');
  const args = [script, 'run', '--root', root, ...reporters, ...process.argv.slice(2)];
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  const { promise, resolve } = Promise.withResolvers<number>();
  child.once('exit', (code) => resolve(code ?? 1));
  return promise;
}
