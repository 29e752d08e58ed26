import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { reapWithUs } from './reaper.ts';

/** A program of ours as a process of its own. What it writes is kept, for tests that fail. */
export type Child = {
  name: string;
  /** Starts it and waits for its ready line; gives what the line's pattern captured. */
  start(env?: NodeJS.ProcessEnv): Promise<string>;
  /** SIGKILL: no last word. */
  kill9(): Promise<void>;
  /** SIGTERM; gives the exit code. */
  stop(): Promise<number | null>;
  /** Stops it where it is; only `kill9` gets it out of there. */
  freeze(): void;
  isRunning(): boolean;
  /** Differs after every start. */
  pid(): number | undefined;
  output(): string;
};

export type ChildOptions = {
  name: string;
  /** Program file and arguments, run by this Node. */
  command: string[];
  env: NodeJS.ProcessEnv;
  ready: RegExp;
  /** Of the test: when the test runner is killed, process and folder go with it. */
  folder: string;
};

const readyMaxMs = 180_000;

export function openChild({ name, command, env, ready, folder }: ChildOptions): Child {
  let child: ChildProcess | undefined;
  let reaper: { release(): void } | undefined;
  let output = '';
  const isRunning = () => child !== undefined && child.exitCode === null && child.signalCode === null;
  const end = async (signal: NodeJS.Signals) => {
    if (child && isRunning()) {
      const closed = once(child, 'close');
      child.kill(signal);
      await closed;
    }
    reaper?.release();
    return child?.exitCode ?? null;
  };
  return {
    name,
    async start(more = {}) {
      // The folder in the command line, which Node takes as where to put reports, is what the reaper knows it by.
      const args = [`--diagnostic-dir=${folder}`, ...command];
      const started = spawn(process.execPath, args, { env: { ...env, ...more }, stdio: ['ignore', 'pipe', 'pipe'] });
      child = started;
      if (started.pid) reaper = reapWithUs({ pid: started.pid, command: [process.execPath, ...args] }, folder, folder);
      const from = output.length;
      const keep = (chunk: Buffer) => {
        output += chunk.toString();
      };
      started.stdout.on('data', keep);
      started.stderr.on('data', keep);
      return await readyLine(started, ready, () => output.slice(from), name);
    },
    kill9: async () => void (await end('SIGKILL')),
    stop: () => end('SIGTERM'),
    freeze: () => void child?.kill('SIGSTOP'),
    isRunning,
    pid: () => child?.pid,
    output: () => output,
  };
}

function readyLine(child: ChildProcess, ready: RegExp, output: () => string, name: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const give = (why: string) => reject(new Error(`${name} ${why}. It wrote:\n${output()}`));
    const timer = setTimeout(() => give('did not become ready'), readyMaxMs);
    const look = () => {
      const found = ready.exec(output());
      if (!found) return;
      clearTimeout(timer);
      resolve(found[1] ?? '');
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('close', (code) => {
      clearTimeout(timer);
      give(`ended (${code ?? child.signalCode}) before it was ready`);
    });
  });
}
