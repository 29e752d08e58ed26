import { ClusterPlan, defaultSettings, PlanRequest } from '@proxbalance/contracts';
import type { Log } from '@proxbalance/service-kit';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { aCluster, aGuest, aNode } from '../../../../libs/engine/src/testing/build.ts';
import type { PlanInput } from '../plan/make-plan.ts';
import { openPlanner, type Planner, type PlannerOptions } from './open-planner.ts';

const guests = Array.from({ length: 4 }, (_, i) => aGuest({ vmid: 100 + i }));
const snapshot = aCluster([aNode({ cpu: 90, mem: 80 }), aNode({ name: 'pve2', cpu: 10 })], guests);
const input: PlanInput = {
  snapshot,
  request: PlanRequest.parse({ goal: 'evacuate', nodes: ['pve1'], time_limit_ms: 10_000 }),
  settings: defaultSettings(),
  active: [],
};

const logged = vi.fn();
let open: Planner[];
beforeEach(() => {
  open = [];
  logged.mockClear();
});
afterEach(() => Promise.all(open.map((planner) => planner.close())));
const start = (options: PlannerOptions = {}) => {
  const planner = openPlanner({ error: logged } as unknown as Log, options);
  open.push(planner);
  return planner;
};
/** A thread that does what it is told to in words, once it is asked. */
const doing = (deed: string) =>
  new URL(
    `data:text/javascript,${encodeURIComponent(
      `import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => { ${deed} })`,
    )}`,
  );
const refused = (code: string, message = /\w/) =>
  expect.objectContaining({ code, message: expect.stringMatching(message) });

test('the thread plans, one after another, and what it answers is a plan', async () => {
  const planner = start();
  const [first, second] = await Promise.all([planner.plan(input), planner.plan(input)]);
  const plan = await first.read(ClusterPlan);
  expect(plan).toMatchObject({ goal: 'evacuate', status: 'ok', snapshot_id: 's1', certificate: { certified: true } });
  expect((await second.read(ClusterPlan)).status).toBe('ok');
});

test('what is refused is refused here too', async () => {
  const lost = { ...snapshot, cluster_health: { quorate: false, nodes: 2, online_nodes: 2 } };
  await expect(start().plan({ ...input, snapshot: lost })).rejects.toEqual(refused('conflict', /no quorum/));
});

test('a plan that is not certified is not told: the log has what it violates', async () => {
  const entry = doing(`parentPort.postMessage({ uncertified: 'step 1: pve2 would be full' })`);
  await expect(start({ entry }).plan(input)).rejects.toEqual(refused('internal', /did not pass its verification/));
  expect(logged).toHaveBeenCalledWith({ violations: 'step 1: pve2 would be full' }, expect.any(String));
});

test('planning that breaks: the log has the reason', async () => {
  const broken = { ...input, snapshot: { ...snapshot, cluster_health: null } } as unknown as PlanInput;
  const planner = start();
  await expect(planner.plan(broken)).rejects.toEqual(refused('internal', /log/));
  expect(logged).toHaveBeenCalledOnce();
  await expect(planner.plan(input)).resolves.toBeDefined();
});

test.each([
  ['ends', 'process.exit(3)'],
  ['breaks', 'throw new Error("broken")'],
  ['takes all memory', 'const all = []; for (;;) all.push(new Array(1e6).fill({}))'],
])('a thread that %s', async (_, deed) => {
  const planner = start({ entry: doing(deed), heapMaxMib: 64 });
  for (let time = 0; time < 2; time++)
    await expect(planner.plan(input)).rejects.toEqual(refused('service-unavailable'));
});

test('planning that does not keep to its time is ended', async () => {
  const planner = start({ entry: doing('for (;;);'), overheadMs: 100 });
  const hasty = { ...input, request: { ...input.request, time_limit_ms: 300 } };
  await expect(planner.plan(hasty)).rejects.toEqual(refused('service-unavailable', /more than 400 ms/));
});

test('a plan that nobody waits for any more is given up, and the next one is made', async () => {
  const gone = new AbortController();
  const planner = start({ entry: doing('') });
  const asked = planner.plan(input, gone.signal);
  setImmediate(() => gone.abort());
  await expect(asked).rejects.toEqual(refused('service-unavailable', /nobody waits/));
});

test('only so many wait, and closing ends what is planned and begins nothing', async () => {
  const planner = start({ entry: doing(''), waitingMax: 1 });
  const asked = [planner.plan(input), planner.plan(input)];
  const settled = Promise.allSettled(asked);
  await expect(planner.plan(input)).rejects.toEqual(refused('too-many-requests'));
  await planner.close();
  for (const one of await settled)
    expect(one).toMatchObject({ status: 'rejected', reason: { code: 'service-unavailable' } });
});
