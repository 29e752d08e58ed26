import { spawn } from 'node:child_process';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** Everything that can be said about the sources without running the product. All are run, also after a failure. */
const checks: [name: string, command: string, ...args: string[]][] = [
  ['format and lint', 'biome', 'check', '--error-on-warnings'],
  ['types', 'tsc', '-p', '.', '--noEmit'],
  ['architecture', 'vitest', 'run', '--project', 'unit', 'tests/architecture.test.ts'],
  ['generated documents', process.execPath, 'scripts/docs.ts', '--check'],
  ['unused code', 'knip', '--no-config-hints'],
];

const results = [];
for (const [name, command, ...args] of checks) results.push(await check(name, command, args));
const failed = results.filter((isGood) => !isGood).length;
console.log(`\n${results.length - failed} of ${results.length} checks are good.`);
process.exitCode = failed === 0 ? 0 : 1;

async function check(name: string, command: string, args: string[]): Promise<boolean> {
  const begin = Date.now();
  const { code, output } = await run(command, args);
  console.log(`${code === 0 ? 'good  ' : 'FAILED'}  ${name} (${((Date.now() - begin) / 1000).toFixed(1)} s)`);
  if (code !== 0) console.log(`${output.trim()}\n`);
  return code === 0;
}

function run(command: string, args: string[]): Promise<{ code: number; output: string }> {
  const { promise, resolve } = Promise.withResolvers<{ code: number; output: string }>();
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const keep = (chunk: Buffer) => {
    output += chunk.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  child.once('error', (error) => resolve({ code: 1, output: error.message }));
  child.once('close', (code) => resolve({ code: code ?? 1, output }));
  return promise;
}
