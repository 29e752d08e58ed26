import { execFile, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const exec = promisify(execFile);

/** Ten milliseconds apart. */
const asksMax = 500;

/** Something started in the background, described so that a later process recognises it for certain. */
export type Instance = { pid: number; command: string[] } | { container: string };

/** Starts a program that outlives us and gets none of our terminal's signals. Both outputs go to files. */
export function startProcess(command: [string, ...string[]], files: { out: string; err: string }): Instance {
  const [file, ...args] = command;
  const out = openSync(files.out, 'a', 0o600);
  const err = files.err === files.out ? out : openSync(files.err, 'a', 0o600);
  try {
    const child = spawn(file, args, { detached: true, stdio: ['ignore', out, err] });
    child.once('error', () => {});
    child.unref();
    if (child.pid === undefined) throw new Error(`${file} could not be run. Is it there, and executable?`);
    return { pid: child.pid, command };
  } finally {
    closeSync(out);
    if (err !== out) closeSync(err);
  }
}

/** False also when the process id was given to another program since. */
export async function isAlive(instance: Instance): Promise<boolean> {
  if ('container' in instance) {
    const { stdout } = await docker(['inspect', '-f', '{{.State.Running}}', instance.container]);
    return stdout.trim() === 'true';
  }
  return (await commandOf(instance.pid)) === instance.command.join(' ');
}

export async function signal(instance: Instance, name: 'SIGTERM' | 'SIGKILL'): Promise<void> {
  if (!(await isAlive(instance))) return;
  if ('container' in instance) {
    await docker(name === 'SIGKILL' ? ['rm', '-f', instance.container] : ['stop', instance.container]);
    return;
  }
  try {
    process.kill(instance.pid, name);
  } catch {
    // It ended in between.
  }
}

/** Asks it to end, waits, and ends it by force when it takes longer than `graceMs`. */
export async function stop(instance: Instance, graceMs = 10_000): Promise<void> {
  await signal(instance, 'SIGTERM');
  const deadline = Date.now() + graceMs;
  while (await isAlive(instance)) {
    if (Date.now() > deadline) await signal(instance, 'SIGKILL');
    await sleep(20);
  }
}

/** The command line of a process as one string; empty when there is none (any more). */
async function commandOf(pid: number): Promise<string> {
  if (process.platform !== 'linux') {
    const { stdout } = await exec('ps', ['-o', 'args=', '-ww', '-p', String(pid)]).catch(() => ({ stdout: '' }));
    return stdout.trimEnd();
  }
  // For a moment after its start, longer on a busy machine, a process has its program but no command line yet.
  for (let asks = 0; ; asks++) {
    const command = readIfThere(() => readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
    const isStarting = command === '' && readIfThere(() => readlinkSync(`/proc/${pid}/exe`)) !== '';
    if (!isStarting || asks === asksMax) return command.replace(/\0$/, '').replaceAll('\0', ' ');
    await sleep(10);
  }
}

function readIfThere(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}

/** Runs the docker client. A failure is an empty answer: the callers ask again or find it missing. */
export function docker(args: string[]): Promise<{ stdout: string; stderr: string }> {
  return exec('docker', args).catch((error: { stderr?: string }) => ({ stdout: '', stderr: error.stderr ?? '' }));
}
