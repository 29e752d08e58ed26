import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Instance } from '../../scripts/instance.ts';

/**
 * Ends a test's broker and removes its folder even when the test runner is killed outright: a small shell waits for
 * the end of its input, which comes when the runner is gone, however it went. The data folder is part of the broker's
 * command line, so a process id that was given to somebody else since is left alone.
 */
export function reapWithUs(instance: Instance, dataDir: string, folder: string): { release(): void } {
  const [target, end] =
    'container' in instance
      ? [instance.container, 'docker rm -f "$1" >/dev/null 2>&1']
      : [
          String(instance.pid),
          '{ tr "\\0" " " <"/proc/$1/cmdline" || ps -o args= -ww -p "$1"; } 2>/dev/null | grep -qF -- "$2" && kill -9 "$1"',
        ];
  const script = `cat >/dev/null; ${end}; rm -rf -- "$3"`;
  const shell = spawn('sh', ['-c', script, 'reaper', target, dataDir, folder], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  shell.unref();
  // Its input is a socket in Node's eyes, and would keep the runner from ending.
  (shell.stdin as unknown as Socket).unref();
  return { release: () => void shell.kill('SIGKILL') };
}
