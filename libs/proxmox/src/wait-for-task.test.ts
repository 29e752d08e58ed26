import { expect, test, vi } from 'vitest';
import { ProxmoxError, type ProxmoxErrorKind } from './errors.ts';
import { waitForTask } from './wait-for-task.ts';

const UPID = 'UPID:pve1:001F2A3B:0A1B2C3D:68D9F001:qmigrate:100:a@pve:';
const trouble = (kind: ProxmoxErrorKind, more: { fields?: Record<string, string> } = {}) =>
  new ProxmoxError({ kind, reason: `${kind}!`, host: 'a', method: 'GET', path: '/x', ...more });

type Step = ProxmoxError | { running: boolean; exitStatus: string | null; log?: string[] | ProxmoxError };

/** A task that goes through `steps`, one a poll, and stays at the last. */
const task = (steps: Step[]) => {
  const starts: number[] = [];
  let at = -1;
  const current = () => steps[Math.min(at, steps.length - 1)];
  return {
    starts,
    taskStatus: async () => {
      at += 1;
      const step = current();
      if (step === undefined || step instanceof Error) throw step;
      return step;
    },
    taskLog: async (_upid: string, { start, limit }: { start: number; limit: number }) => {
      starts.push(start);
      const step = current();
      const log = step === undefined || step instanceof Error ? [] : (step.log ?? []);
      if (log instanceof Error) throw log;
      return { lines: log.slice(start, start + limit), total: log.length };
    },
  };
};

const follow = async (steps: Step[], options: { fromLine?: number; lostAfterMs?: number } = {}) => {
  const lines: string[] = [];
  const troubles: string[] = [];
  const end = await waitForTask(task(steps), UPID, {
    pollMs: 1,
    onLog: (next) => lines.push(...next),
    onTrouble: ({ kind }) => troubles.push(kind),
    ...options,
  });
  return { end, lines, troubles };
};

const stopped = (exitStatus: string | null, log: string[] | ProxmoxError = []): Step => ({
  running: false,
  exitStatus,
  log,
});
const running = (log: string[] | ProxmoxError = []): Step => ({ running: true, exitStatus: null, log });

test.each([
  ['OK', true, false],
  ['WARNINGS: 2', true, true],
  ['migration problems', false, false],
])('exit status %s', async (exitStatus, success, warnings) => {
  expect((await follow([stopped(exitStatus)])).end).toEqual({
    lost: false,
    exitStatus,
    success,
    warnings,
    linesRead: 0,
  });
});

test('every line comes once, also when the log grows beyond one read', async () => {
  const log = Array.from({ length: 2_500 }, (_, index) => `line ${index}`);
  const { lines, end } = await follow([running(log.slice(0, 3)), running(log.slice(0, 3)), stopped('OK', log)]);
  expect(lines).toEqual(log);
  expect(end.linesRead).toBe(2_500);
});

test('going on after a restart starts where the reading stopped', async () => {
  const { lines } = await follow([stopped('OK', ['a', 'b', 'c'])], { fromLine: 2 });
  expect(lines).toEqual(['c']);
});

test('what passes is outlived and told', async () => {
  const { end, troubles, lines } = await follow([
    running(['a']),
    trouble('unreachable'),
    trouble('timeout'),
    trouble('refused'),
    running(trouble('node-unreachable')),
    stopped('OK', ['a', 'b']),
  ]);
  expect(end).toMatchObject({ success: true, linesRead: 2 });
  expect(troubles).toEqual(['unreachable', 'timeout', 'refused', 'node-unreachable']);
  expect(lines).toEqual(['a', 'b']);
});

test('the result counts, even when the end of the log cannot be read', async () => {
  const { end, troubles } = await follow([stopped('OK', trouble('refused'))]);
  expect(end).toMatchObject({ success: true });
  expect(troubles).toHaveLength(2);
});

test.each([
  ['unknown to Proxmox', trouble('parameter', { fields: { upid: 'no such task' } })],
  ['killed', stopped('unexpected status')],
  ['without an end', stopped(null)],
])('a task that is %s is lost', async (_, step) => {
  expect((await follow([step])).end).toMatchObject({ lost: true });
});

test('a node that stays away makes the task lost, one that comes back does not', async () => {
  const away = trouble('node-unreachable');
  expect((await follow([away], { lostAfterMs: 5 })).end).toMatchObject({
    lost: true,
    reason: expect.stringContaining('unreachable'),
  });
  expect((await follow([away, away, stopped('OK')], { lostAfterMs: 60_000 })).end).toMatchObject({ success: true });
});

test('being away twice for a while is not being away for long', async () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const away = trouble('node-unreachable');
  const end = await waitForTask(task([away, running(), away, stopped('OK')]), UPID, {
    pollMs: 1,
    lostAfterMs: 300_000,
    onTrouble: () => vi.advanceTimersByTime(360_000),
  }).finally(() => vi.useRealTimers());
  expect(end).toMatchObject({ lost: false, success: true });
});

test.each(['authentication', 'permission', 'parameter', 'not-implemented'] as const)(
  '%s is not waited out',
  async (kind) => {
    await expect(follow([trouble(kind)])).rejects.toMatchObject({ kind });
  },
);

test('an abort rejects at once with its reason, in a poll and between two', async () => {
  const stop = new AbortController();
  const hanging = { taskStatus: () => new Promise<never>(() => {}), taskLog: () => new Promise<never>(() => {}) };
  const inPoll = waitForTask(hanging, UPID, { pollMs: 1, signal: stop.signal });
  const between = waitForTask(task([running()]), UPID, { pollMs: 60_000, signal: stop.signal });
  stop.abort(new Error('cancelled'));
  await expect(inPoll).rejects.toThrow('cancelled');
  await expect(between).rejects.toThrow('cancelled');
});
