import { ClusterProblem } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { aCluster, aGuest, aNode } from '../../../../libs/engine/src/testing/build.ts';
import { problemsOf, type Seen } from './problems.ts';

const at = '2026-02-08T10:15:00.000Z';
const nowMs = Date.parse(at);
const seconds = (count: number) => new Date(nowMs + 1000 * count).toISOString();
const healthy = aCluster([]).read_at;
const readAt = { ...healthy, ha: at, options: at, ha_rules: at, backup: at };
const snapshot = (
  nodes = [aNode({ name: 'pve1' }), aNode({ name: 'pve2' })],
  guests = [aGuest({ vmid: 100 })],
  more: Parameters<typeof aCluster>[2] = {},
) => aCluster(nodes, guests, { collected_at: at, read_at: readAt, ...more });
const seen = (more: Partial<Seen> = {}): Seen => ({
  snapshot: snapshot(),
  failure: null,
  liveIntervalSeconds: 10,
  nowMs,
  ...more,
});
const inCluster = (more: Parameters<typeof aCluster>[2]) => seen({ snapshot: snapshot(undefined, undefined, more) });
const onNode = (name: string, more: object) => {
  const nodes = ['pve1', 'pve2'].map((each) => ({ ...aNode({ name: each }), ...(each === name ? more : {}) }));
  return snapshot(nodes);
};
const store = (storage: string, active: boolean) => ({
  storage,
  type: 'rbd',
  content: 'images',
  active,
  shared: true,
  total_gb: 1,
  used_gb: 0,
  avail_gb: 1,
  usage_pct: 0,
});
const lost = () => {
  const storage = [store('ceph1', false), store('local', true)];
  return snapshot([
    { ...aNode({ name: 'pve1' }), storage },
    { ...aNode({ name: 'pve2' }), storage },
  ]);
};

test('a cluster that was read in full, and is well, has no problem', () => {
  expect(problemsOf(seen())).toEqual([]);
  expect(problemsOf(seen({ failure: { reason: 'no luck', time: seconds(-1) } }))).toEqual([]);
  expect(problemsOf(seen({ nowMs: nowMs + 50_000 }))).toEqual([]);
  expect(problemsOf(seen({ nowMs: nowMs + 900_000, liveIntervalSeconds: 300 }))).toEqual([]);
});

test.each<[string, Seen, string | null]>([
  ['no-snapshot', seen({ snapshot: null }), null],
  ['cluster-unreadable', seen({ snapshot: null, failure: { reason: 'no luck', time: at } }), 'no luck'],
  ['cluster-unreadable', seen({ failure: { reason: 'no luck', time: seconds(1) } }), 'no luck'],
  ['snapshot-overdue', seen({ nowMs: nowMs + 51_000 }), at],
  ['no-quorum', inCluster({ cluster_health: { quorate: false, nodes: 2, online_nodes: 2 } }), null],
  ['parts-unknown', inCluster({ unknown: ['quorum', 'tasks'] }), 'quorum, tasks'],
  ['parts-unknown', inCluster({ read_at: { ...readAt, backup: null } }), 'backup'],
  ['parts-old', inCluster({ read_at: { ...readAt, ha: seconds(-81) } }), `ha is of ${seconds(-81)}`],
  ['node-offline', seen({ snapshot: onNode('pve2', { status: 'offline' }) }), 'pve2'],
  ['node-unknown', seen({ snapshot: onNode('pve1', { status: 'unknown' }) }), 'pve1'],
  ['node-parts-unknown', seen({ snapshot: onNode('pve1', { unknown: ['history'] }) }), 'pve1 (history)'],
  ['storage-unavailable', seen({ snapshot: lost() }), 'ceph1 on pve1 and pve2'],
  [
    'guests-unknown',
    seen({ snapshot: snapshot(undefined, [aGuest({ vmid: 100, unknown: ['config'] }), aGuest({ vmid: 101 })]) }),
    '100 (config)',
  ],
])('%s', (code, what, detail) => {
  const problems = problemsOf(what);
  expect(problems).toMatchObject([{ code, detail: detail === null ? null : expect.stringContaining(detail) }]);
  expect(problems.map((one) => ClusterProblem.parse(one))).toEqual(problems);
});

test('what is read once a minute may be as old as that, and a tick more', () => {
  expect(problemsOf(inCluster({ read_at: { ...readAt, ha: seconds(-80), backup: seconds(-620) } }))).toEqual([]);
});

test('a node that is down is told once, not with each of its guests and parts', () => {
  const guests = [aGuest({ vmid: 100, unknown: ['stats'] })];
  const down = {
    ...aNode({ name: 'pve1' }),
    status: 'offline' as const,
    unknown: ['history'],
    storage: [store('a', false)],
  };
  expect(problemsOf(seen({ snapshot: snapshot([down], guests) })).map(({ code }) => code)).toEqual(['node-offline']);
});

test('of many the first are named', () => {
  const guests = Array.from({ length: 12 }, (_, index) => aGuest({ vmid: 100 + index, unknown: ['config'] }));
  const [problem] = problemsOf(seen({ snapshot: snapshot(undefined, guests) }));
  expect(problem?.detail).toMatch(/^100 \(config\), .*, 109 \(config\) and 2 more$/);
});
