import { defaultPenalties, type FilterVerdict, type Guest, GuestExplanation, type Node } from '@proxbalance/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { guestFilters } from '../filters/guest/registry.ts';
import { targetFilters } from '../filters/target/registry.ts';
import type { RecommendInput } from '../recommend/problem.ts';
import { recommend } from '../recommend/recommend.ts';
import { limits, smallCluster } from '../testing/arbitrary.ts';
import { aCluster, aGuest, aNode, aStorage, withTags } from '../testing/build.ts';
import { type ExplainInput, explainGuest } from './explain-guest.ts';

const explain = (guests: Guest[], nodes: Node[], parts: Partial<ExplainInput> = {}) => {
  const input = { snapshot: aCluster(nodes, guests), thresholds: limits, config: defaultPenalties() };
  const found = explainGuest({ ...input, maintenanceNodes: [], vmid: 100, ...parts });
  expect(() => GuestExplanation.parse(found)).not.toThrow();
  return found;
};
const hot = aNode({ cpu: 85, mem: 71 });
const quiet = (name: string, parts: Parameters<typeof aNode>[0] = {}) => aNode({ name, cpu: 20, mem: 30, ...parts });
const of = (found: GuestExplanation, name: string) => found.nodes.find((one) => one.node === name);

test('a guest that moves → every filter in order, every part of the scores, and what would keep it', () => {
  const found = explain([aGuest()], [hot, quiet('pve2'), quiet('pve3', { cpu: 40 })]);
  expect(found).toMatchObject({ decision: 'move', target_node: 'pve2', judged: 'alone' });
  expect(found.guest_filters.map((one) => one.filter)).toEqual([
    ...guestFilters.map((one) => one.name),
    'source_healthy',
  ]);
  expect(found.nodes.map((one) => [one.node, one.verdict])).toEqual([
    ['pve1', 'current'],
    ['pve2', 'best'],
    ['pve3', 'good'],
  ]);
  expect(of(found, 'pve3')?.filters.map((one) => one.filter)).toEqual(targetFilters.map((one) => one.name));
  expect(of(found, 'pve2')?.score_details?.metrics.predicted_cpu).toBe(32.5);
  expect(found.current_details?.penalty_readings).toContainEqual(
    expect.objectContaining({ penalty: 'current_cpu', value: 85, above: 80, tier: 3, setting: 'cpu_extreme_penalty' }),
  );
  expect(found.smallest_change).toMatchObject({ text: 'add tag ignore' });
});

describe('the smallest change', () => {
  const db = withTags('exclude_db');
  const rows: [given: string, guests: Guest[], nodes: Node[], text: string][] = [
    ['no room', [aGuest()], [aNode({ cpu: 98, mem: 71 }), quiet('pve2', { mem: 85.7 })], '2.1 GiB more free on pve2'],
    [
      'an exclude tag there too',
      [aGuest({ tags: db }), aGuest({ vmid: 101, node: 'pve2', tags: db })],
      [hot, quiet('pve2')],
      'drop tag exclude_db',
    ],
    [
      'two exclude tags there too',
      [
        aGuest({ tags: withTags('exclude_db', 'exclude_web') }),
        aGuest({ vmid: 101, node: 'pve2', tags: withTags('exclude_web', 'exclude_db') }),
      ],
      [hot, quiet('pve2')],
      'drop tags exclude_db, exclude_web',
    ],
    ['the tag ignore', [aGuest({ tags: withTags('ignore') })], [hot, quiet('pve2')], 'drop tag ignore'],
    ['no such storage', [aGuest()], [hot, quiet('pve2', { storage: [] })], 'storage ceph on pve2'],
    ['an offline node', [aGuest()], [hot, quiet('pve2', { status: 'offline' })], 'pve2 online'],
    [
      'a quiet source',
      [aGuest({ cpu_current: 100, cpu_cores: 8 })],
      [aNode({ cpu: 57.2, mem: 30, metrics: { max_cpu_week: 100 } }), quiet('pve2', { cpu: 0, mem: 0 })],
      '2.8 points more CPU on pve1, or recommendation_thresholds.cpu_threshold at 57.2 or less (now 60)',
    ],
  ];
  test.each(rows)('%s → the change is named', (_given, guests, nodes, text) => {
    const found = explain(guests, nodes);
    expect(found.decision).toBe('stay');
    expect(found.smallest_change?.text).toBe(text);
  });

  test('of two nodes the one that wants less; machine fields beside the words', () => {
    const nodes = [hot, quiet('pve2', { mem: 88 }), quiet('pve3', { mem: 85 })];
    const { smallest_change } = explain([aGuest()], nodes);
    expect(smallest_change).toMatchObject({
      target_node: 'pve3',
      changes: [{ kind: 'free-memory', node: 'pve3', amount: 1.6, unit: 'GiB' }],
    });
  });

  test('nothing a person can change → none is named', () => {
    expect(explain([aGuest({ template: true })], [hot, quiet('pve2')]).smallest_change).toBeNull();
    expect(explain([aGuest()], [hot]).smallest_change).toBeNull();
    const tooLarge = explain([aGuest({ mem_max_gb: 31 })], [hot, quiet('pve2', { total_mem_gb: 32 })]);
    expect(of(tooLarge, 'pve2')).toMatchObject({ changes: [{ kind: 'none', text: 'nothing: pve2 is too small' }] });
    expect(tooLarge.smallest_change).toBeNull();
  });

  test('a local disk without room there → how much more', () => {
    const lvm = aStorage({ storage: 'lvm', shared: false, avail_gb: 20 });
    const disk = { key: 'scsi0', storage: 'lvm', volume: 'v', size_gb: 32, is_cdrom: false, is_shared: false };
    const found = explain([aGuest({ disks: [disk] })], [hot, quiet('pve2', { storage: [lvm] })]);
    expect(found.smallest_change?.text).toBe('12.0 GiB more free on storage lvm of pve2');
  });
});

test('what was decided about all together is what is explained; a guest that went elsewhere since is judged anew', () => {
  const guests = Array.from({ length: 10 }, (_, i) =>
    aGuest({ vmid: 100 + i, cpu_current: 30, mem_used_gb: 4, mem_max_gb: 5 }),
  );
  const nodes = [hot, quiet('pve2'), quiet('pve3')];
  const snapshot = aCluster(nodes, guests);
  const judgement = recommend({ snapshot, thresholds: limits, config: defaultPenalties(), maintenanceNodes: [] });
  const last = explain(guests, nodes, { vmid: 109, judgement });
  expect(last).toMatchObject({ decision: 'stay', reason: 'source_memory_healthy', judged: 'with-others' });
  expect(last.detail).toContain('after the recommended moves');
  const moved = guests.map((guest) => (guest.vmid === 109 ? { ...guest, node: 'pve2' } : guest));
  expect(explain(moved, nodes, { vmid: 109, judgement }).judged).toBe('alone');
});

const said = (filters: readonly FilterVerdict[] | undefined, name: string) =>
  filters?.find((one) => one.filter === name);

/** The cluster with so much more memory free on a node; undefined where only guests on their way elsewhere still hold so much. */
const withMoreFree = ({ snapshot, inFlight = [] }: RecommendInput, name: string, gib: number) => {
  const node = snapshot.nodes[name];
  if (!node) throw new Error(`no node ${name}`);
  const leaving = new Set(inFlight.map((one) => one.vmid));
  const held = Object.values(snapshot.guests)
    .filter((one) => one.node === name && one.status === 'running' && leaving.has(one.vmid))
    .reduce((sum, one) => sum + one.mem_used_gb, 0);
  const used = (node.mem_percent / 100) * node.total_mem_gb - gib - 1e-6;
  const mem_percent = (100 * used) / node.total_mem_gb;
  return used < held ? undefined : { ...snapshot, nodes: { ...snapshot.nodes, [name]: { ...node, mem_percent } } };
};

test('law: a named change of memory or of a setting turns the filter it is named for', () => {
  fc.assert(
    fc.property(smallCluster, (input) => {
      for (const { vmid } of Object.values(input.snapshot.guests)) {
        const found = explainGuest({ ...input, vmid });
        expect(() => GuestExplanation.parse(found)).not.toThrow();
        for (const { node, filters } of found.nodes) {
          const change = said(filters, 'memory')?.change;
          const snapshot = change?.amount && withMoreFree(input, node, change.amount);
          if (!snapshot) continue;
          const again = explainGuest({ ...input, snapshot, vmid });
          expect(said(of(again, node)?.filters, 'memory')?.passed).toBe(true);
        }
        const healthy = said(found.guest_filters, 'source_healthy')?.change;
        if (healthy?.setting === 'recommendation_thresholds.cpu_threshold') {
          const thresholds = { ...limits, cpu_threshold: healthy.amount ?? 0 };
          const again = explainGuest({ ...input, thresholds, vmid });
          expect(said(again.guest_filters, 'source_healthy')?.passed).toBe(true);
        }
      }
    }),
  );
});
