import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { stop } from '../../scripts/instance.ts';
import { openRunFile } from '../../scripts/run-file.ts';
import { neutralEnv } from './environment.ts';
import { eventually } from './eventually.ts';

const script = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url));

/** Runs what `npm start` runs, on any free port, with these arguments and variables. */
export function npmStart(dataDir: string, ...rest: (string | Record<string, string>)[]) {
  const args = rest.filter((each) => typeof each === 'string');
  const env = Object.assign(neutralEnv(), ...rest.filter((each) => typeof each !== 'string'));
  const command = [script, '--port', '0', '--data', dataDir, ...args];
  const child = spawn(process.execPath, command, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let text = '';
  const keep = (chunk: Buffer) => {
    text += chunk.toString();
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = once(child, 'close').then(([code]): number | null => code);
  onTestFinished(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  return {
    ended,
    output: () => text,
    /** The address in the ready line. */
    url: () =>
      eventually(
        () => {
          const found = /^ProxBalance is ready: (\S+)$/m.exec(text)?.[1];
          if (found === undefined) throw new Error(`not ready:\n${text}`);
          return found;
        },
        { withinMs: 60_000 },
      ),
    signal: (name: 'SIGINT' | 'SIGTERM') => void child.kill(name),
    /** Ends the process that does the work, which is the child of the one that was started, without a last word. */
    async kill9() {
      process.kill(workerOf(child), 'SIGKILL');
      return ended;
    },
  };
}

function workerOf(wrapper: ChildProcess): number {
  const children = readFileSync(`/proc/${wrapper.pid}/task/${wrapper.pid}/children`, 'utf8').trim();
  return Number(children.split(' ')[0]);
}

/** A data folder that is gone after the test, with whatever still runs on it. */
export function dataFolder(): string {
  const dataDir = mkdtempSync(join(tmpdir(), 'proxbalance-start-'));
  onTestFinished(async () => {
    for (const [, entry] of openRunFile(dataDir).entries()) await stop(entry.instance);
    rmSync(dataDir, { recursive: true, force: true });
  });
  return dataDir;
}
