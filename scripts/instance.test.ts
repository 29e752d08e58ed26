import { devNull } from 'node:os';
import { expect, test } from 'vitest';
import { isAlive, startProcess, stop } from './instance.ts';

const sleeper = () => startProcess(['sleep', '60'], { out: devNull, err: devNull });

test('a process is alive until it has ended', async () => {
  const instance = sleeper();
  expect(await isAlive(instance)).toBe(true);
  await stop(instance);
  expect(await isAlive(instance)).toBe(false);
});

test('a process is alive also while its program is being loaded, when it has no command line', async () => {
  const again = 'exec sh -c "$0" "$0"';
  const instance = startProcess(['sh', '-c', again, again], { out: devNull, err: devNull });
  try {
    for (let asks = 0; asks < 10_000; asks++) expect(await isAlive(instance)).toBe(true);
  } finally {
    // Left alone it would keep a core busy for good, and no signal finds it by its name.
    if ('pid' in instance) process.kill(instance.pid, 'SIGKILL');
  }
});

test('a process id that belongs to another program is not ours', async () => {
  const instance = sleeper();
  expect(await isAlive({ ...instance, command: ['sleep', '61'] })).toBe(false);
  await stop(instance);
});
