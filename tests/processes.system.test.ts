import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { eventually } from './support/eventually.ts';

test('the processes of a system and its folder are gone when the test runner was killed', async () => {
  const at = (file: string) => JSON.stringify(new URL(`support/${file}`, import.meta.url));
  const program = `
    import { mkdtempSync } from 'node:fs';
    import { cluster, vm } from ${at('cluster.ts')};
    import { startSimulator } from ${at('simulator.ts')};
    const folder = mkdtempSync('/tmp/proxbalance-processes-');
    const { child } = await startSimulator(folder, cluster([vm(100)]), []);
    console.log(JSON.stringify({ folder, pid: child.pid() }));
    setInterval(() => {}, 1000);`;
  const runner = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void runner.kill('SIGKILL'));
  const line = await new Promise((resolve) => runner.stdout.once('data', resolve));
  const { folder, pid } = JSON.parse(String(line));
  expect(isThere(pid)).toBe(true);
  runner.kill('SIGKILL');
  await eventually(() => expect([isThere(pid), existsSync(folder)]).toEqual([false, false]));
});

function isThere(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
