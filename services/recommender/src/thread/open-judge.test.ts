import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { defaultSettings, Generation } from '@proxbalance/contracts';
import type { Log } from '@proxbalance/service-kit';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { aCluster, aGuest, aNode } from '../../../../libs/engine/src/testing/build.ts';
import { type JudgeInput, judge as judgeHere } from '../judge.ts';
import { headOf } from '../judged.ts';
import { type Judge, type JudgeOptions, openJudge } from './open-judge.ts';

const guests = Array.from({ length: 300 }, (_, index) => aGuest({ vmid: 100 + index, cpu_current: 90 }));
const snapshot = aCluster([aNode({ name: 'pve1', cpu: 92, mem: 85 }), aNode({ name: 'pve2', cpu: 10 })], guests);
const input: Omit<JudgeInput, 'now'> = {
  ...{
    snapshot,
    settings: defaultSettings(),
    wishes: {},
    active: [],
    previous: null,
    learned: { history: [], feedback: [] },
  },
};

const logged = vi.fn();
let open: Judge[];
beforeEach(() => {
  open = [];
  logged.mockClear();
});
afterEach(() => Promise.all(open.map((judge) => judge.close())));

const start = (options: JudgeOptions = {}) => {
  const judge = openJudge({ error: logged } as unknown as Log, options);
  open.push(judge);
  return judge;
};
/** A thread that does what it is told to in words. */
const doing = (code: string) => new URL(`data:text/javascript,${encodeURIComponent(code)}`);

test('the thread judges as one would here, again and again, and other snapshots too', async () => {
  const judge = start();
  const made = await judge.judge(input);
  const [first, second] = [await made.whole(), await (await judge.judge(input)).whole()];
  const here = judgeHere({ ...input, now: () => new Date(first.generated_at) });
  expect(Generation.parse(first)).toEqual(first);
  expect(made.head).toEqual(headOf(first));
  expect(first).toEqual({ ...here, generation_time_ms: first.generation_time_ms });
  expect(second.recommendations).toEqual(first.recommendations);
  const calm = aCluster([aNode({ name: 'pve1' })], guests, { snapshot_id: 'calm' });
  const { head } = await judge.judge({ ...input, snapshot: calm });
  expect(head).toMatchObject({ snapshot_id: 'calm', count: 0 });
});

test('who asks while another question is answered waits for its turn', async () => {
  const judge = start();
  const asked = [50, 60, 70].map((cpu_threshold) => judge.judge({ ...input, wishes: { cpu_threshold } }));
  const parameters = (await Promise.all(asked)).map(({ head }) => head.parameters.cpu_threshold);
  expect(parameters).toEqual([50, 60, 70]);
});

test('what was answered is not kept', async () => {
  setFlagsFromString('--expose-gc');
  const clean: () => void = runInNewContext('gc');
  const judge = start();
  const used = async () => {
    await new Promise((resolve) => setImmediate(resolve));
    clean();
    return process.memoryUsage().heapUsed;
  };
  const { length } = JSON.stringify(await (await judge.judge(input)).whole());
  const before = await used();
  for (let time = 0; time < 40; time++) await judge.judge(input);
  // Code that is compiled meanwhile stays: what is kept shows as much more than that.
  expect((await used()) - before).toBeLessThan(20 * length);
});

test('what is refused is refused here too', async () => {
  const refused = start().judge({ ...input, wishes: { maintenance_nodes: ['pve9'] } });
  await expect(refused).rejects.toMatchObject({ code: 'node-not-found', details: [{ path: 'maintenance_nodes' }] });
});

describe('trouble is an answer', () => {
  test('a judgement that breaks: the log has the reason, and the thread goes on', async () => {
    const judge = start();
    const broken = { ...input, snapshot: { ...snapshot, nodes: null } } as unknown as typeof input;
    await expect(judge.judge(broken)).rejects.toMatchObject({
      code: 'internal',
      message: expect.stringMatching(/log/),
    });
    expect(logged).toHaveBeenCalledOnce();
    expect(await judge.judge(input)).toMatchObject({ head: { snapshot_id: 's1' } });
  });

  test.each([
    ['ends', 'process.exit(3)'],
    ['breaks', 'throw new Error("broken")'],
    ['takes all memory', 'const all = []; for (;;) all.push(new Array(1e6).fill({}))'],
  ])('a thread that %s', async (_, deed) => {
    const entry = doing(
      `import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => { ${deed} })`,
    );
    const judge = start({ entry, heapMaxMib: 64 });
    for (let time = 0; time < 2; time++)
      await expect(judge.judge(input)).rejects.toMatchObject({ code: 'service-unavailable' });
  });

  test('one that cannot even start', async () => {
    const judge = start({ entry: doing('throw new Error("no")') });
    for (let time = 0; time < 2; time++)
      await expect(judge.judge(input)).rejects.toMatchObject({ code: 'service-unavailable' });
  });

  test('a judgement that never ends is ended', async () => {
    const entry = doing(
      `import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => { for (;;); })`,
    );
    const judge = start({ entry, patienceMs: 200 });
    await expect(judge.judge(input)).rejects.toMatchObject({ message: expect.stringMatching(/more than 200 ms/) });
  });

  test('closing ends what is asked, and nothing is begun after it', async () => {
    const judge = start({ entry: doing(`import 'node:worker_threads'; setInterval(() => {}, 1000)`) });
    const asked = judge.judge(input);
    const waiting = judge.judge(input);
    const settled = Promise.allSettled([asked, waiting]);
    await new Promise((resolve) => setImmediate(resolve));
    await judge.close();
    for (const one of await settled)
      expect(one).toMatchObject({ status: 'rejected', reason: { code: 'service-unavailable' } });
  });
});
