import { type ClusterSnapshot, defaultPenalties, type Guest } from '@proxbalance/contracts';
import { describe, expect, test } from 'vitest';
import { aCluster, aGuest, aNode, withTags } from '../testing/build.ts';
import { readSnapshot, type SnapshotInput } from './read-snapshot.ts';

const thresholds = { cpu_threshold: 60, mem_threshold: 70, iowait_threshold: 30 };
const read = (snapshot: ClusterSnapshot, more: Partial<SnapshotInput> = {}) =>
  readSnapshot({ snapshot, thresholds, config: defaultPenalties(), maintenanceNodes: [], ...more });
const three = (cpu = 0) => [aNode({ cpu }), aNode({ name: 'pve2' }), aNode({ name: 'pve3' })];
const guestIn = ({ problem }: ReturnType<typeof read>, vmid = 100) =>
  problem.guests.find(({ id }) => id === String(vmid));
const MIB = 1024;

describe('rules', () => {
  const tagged = (tag: string, ...places: [node: string, parts?: Partial<Guest>][]) =>
    places.map(([node, parts], i) => aGuest({ vmid: 100 + i, node, tags: withTags(tag), ...parts }));

  test('tags are hard rules that hold in the end; one member alone is none', () => {
    const guests = [...tagged('exclude_db', ['pve1'], ['pve1']), aGuest({ vmid: 110, tags: withTags('affinity_x') })];
    const { problem } = read(aCluster(three(), guests));
    expect(problem.antiAffinity).toEqual([{ name: 'exclude_db', members: [0, 1], hard: true, origin: 'tag' }]);
    expect(problem.affinity).toEqual([]);
  });

  test('affinity counts unless it is switched off, and no rule that was dropped does', () => {
    const cluster = aCluster(three(), tagged('affinity_app', ['pve1'], ['pve2']));
    expect(read(cluster).problem.affinity).toMatchObject([{ name: 'affinity_app', members: [0, 1] }]);
    expect(read(cluster, { respectAffinity: false }).problem.affinity).toEqual([]);
    expect(read(cluster, { droppedRules: ['affinity_app'] }).problem.affinity).toEqual([]);
  });

  test('resource affinity of Proxmox is its own rule, of guests that are fixed too', () => {
    const rule = { nodes: [], strict: false, applied: true, source: 'rule' as const, vmids: [100, 101] };
    const guests = [aGuest({ ha_managed: true }), aGuest({ vmid: 101, node: 'pve2' })];
    const ha_rules = [
      { ...rule, name: 'apart', kind: 'keep-apart' as const },
      { ...rule, name: 'off', kind: 'keep-together' as const, applied: false },
    ];
    const { problem } = read(aCluster(three(), guests, { ha_rules }));
    expect([problem.antiAffinity, problem.affinity]).toEqual([
      [{ name: 'apart', members: [0, 1], hard: true, origin: 'pve' }],
      [],
    ]);
  });

  test('two that cannot move share a node: the rule is told as beyond repair, and holds for the others', () => {
    const lock = { lock: 'backup' };
    const guests = tagged('exclude_db', ['pve1', lock], ['pve1', lock], ['pve2']);
    const { problem, unrepairable } = read(aCluster(three(), guests));
    expect(problem.antiAffinity).toMatchObject([{ members: [0, 2] }]);
    expect(unrepairable).toEqual([{ rule: 'exclude_db', message: expect.stringMatching(/guest-101 \(101\) on pve1/) }]);
  });

  test('a group gathers around those that cannot move; who is held elsewhere is told', () => {
    const lock = { lock: 'backup' };
    const guests = tagged('affinity_app', ['pve1', lock], ['pve1', lock], ['pve2', lock], ['pve3']);
    const { problem, unrepairable } = read(aCluster(three(), guests));
    expect(problem.affinity).toMatchObject([{ members: [0, 1, 3] }]);
    expect(unrepairable).toMatchObject([{ rule: 'affinity_app' }]);
  });
});

describe('moves under way', () => {
  const inFlight = [{ vmid: 100, source_node: 'pve1', target_node: 'pve2' }];

  test('a guest on its way is fixed where it goes, and its load counts there', () => {
    const seen = read(aCluster(three(12.5), [aGuest()]), { inFlight });
    expect(guestIn(seen)).toMatchObject({ node: 1, fixed: 'pinned' });
    expect(seen.problem.policy.objective.terms[0]?.bases).toEqual([0, 0, 0]);
  });

  test('until it has left nobody takes its room, and nobody is driven out for it', () => {
    const all = [aGuest({ mem_max_gb: 40, mem_used_gb: 0 }), aGuest({ vmid: 101, mem_max_gb: 15, mem_used_gb: 0 })];
    const free = 0.95 * 64 * MIB;
    const limit = (guests: Guest[]) => read(aCluster(three(), guests), { inFlight }).problem.nodes[0]?.memMib;
    expect(limit(all)).toBe(Math.floor(free - 40 * MIB));
    const [leaving] = all;
    expect(limit([leaving as Guest, aGuest({ vmid: 101, mem_max_gb: 30, mem_used_gb: 0 })])).toBe(30 * MIB);
  });

  test('who must be apart from it cannot come yet; who is there already may stay', () => {
    const tags = withTags('exclude_db');
    const guests = [
      aGuest({ tags }),
      aGuest({ vmid: 101, node: 'pve3', tags }),
      aGuest({ vmid: 102, node: 'pve1', tags }),
    ];
    const seen = read(aCluster(three(), guests), { inFlight });
    expect([guestIn(seen, 101)?.allowed, guestIn(seen, 102)?.allowed]).toEqual([[1, 2], null]);
  });
});
