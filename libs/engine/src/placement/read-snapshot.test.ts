import { type ClusterSnapshot, defaultPenalties, type Guest, type Node } from '@proxbalance/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { smallCluster } from '../testing/arbitrary.ts';
import { aCluster, aGuest, aNode, aStorage, withTags } from '../testing/build.ts';
import { generateCluster } from '../testing/generate.ts';
import { brokenIn } from '../verify/verify-plan.ts';
import { readSnapshot, type SnapshotInput } from './read-snapshot.ts';

const thresholds = { cpu_threshold: 60, mem_threshold: 70, iowait_threshold: 30 };
const read = (snapshot: ClusterSnapshot, more: Partial<SnapshotInput> = {}) =>
  readSnapshot({ snapshot, thresholds, config: defaultPenalties(), maintenanceNodes: [], ...more });
const nodes = (...parts: Parameters<typeof aNode>[0][]): Node[] =>
  parts.map((one, i) => aNode({ name: `pve${i + 1}`, ...one }));
const three = () => nodes({}, {}, {});
const lvm = aStorage({ storage: 'lvm', shared: false, avail_gb: 100 });
const disk = (storage: string, size_gb: number | null = 32, is_shared: boolean | null = false) => ({
  ...{ key: 'scsi0', storage, volume: 'v', size_gb, is_cdrom: false, is_shared },
});
const guestIn = ({ problem }: ReturnType<typeof read>, vmid = 100) =>
  problem.guests.find(({ id }) => id === String(vmid));
const MIB = 1024;

describe('nodes', () => {
  test('guests may claim 95 % of the memory less what the host itself uses', () => {
    const guest = aGuest({ mem_used_gb: 8, mem_max_gb: 16 });
    const { problem } = read(aCluster(nodes({ mem: 25, total_mem_gb: 64 }, { mem: 0 }), [guest]));
    expect(problem.nodes.map(({ memMib }) => memMib)).toEqual([
      Math.floor((0.95 * 64 - 8) * MIB),
      Math.floor(0.95 * 64 * MIB),
    ]);
  });

  test('guests that say they use more than the node does leave the host nothing, not less', () => {
    const { problem } = read(aCluster(nodes({ mem: 5 }, {}), [aGuest({ mem_used_gb: 8 })]));
    expect(problem.nodes[0]?.memMib).toBe(Math.floor(0.95 * 64 * MIB));
    expect(problem.policy.objective.terms[1]?.bases[0]).toBe(0);
  });

  test.each<[string, Partial<Node>, string[], string]>([
    ['online', {}, [], 'serves'],
    ['offline', { status: 'offline' }, [], 'closed'],
    ['of unknown state', { status: 'unknown' }, [], 'closed'],
    ['given up by HA', { ha_state: 'fence' }, [], 'closed'],
    ['in maintenance', {}, ['pve1'], 'maintenance'],
    ['in maintenance and offline', { status: 'offline' }, ['pve1'], 'closed'],
  ])('a node that is %s', (_, parts, maintenanceNodes, duty) => {
    const { problem } = read(aCluster(nodes(parts, {})), { maintenanceNodes });
    expect(problem.nodes[0]?.duty).toBe(duty);
    expect(problem.policy.objective.terms.map(({ counted }) => counted[0])).toEqual(Array(2).fill(duty === 'serves'));
  });

  test('vCPUs have no limit unless somebody sets one', () => {
    const limit = (cpu_overcommit?: number) =>
      read(aCluster(three()), { policy: { cpu_overcommit } }).problem.nodes[0]?.vcpuLimitMilli ?? 0;
    expect(limit(1.5)).toBe(24_000);
    expect(Number.isSafeInteger(limit())).toBe(true);
    expect(limit()).toBeGreaterThan(1e12);
  });

  test('a local storage has room for what is free there and what its guests have', () => {
    const guests = [
      aGuest({ disks: [disk('lvm', 32), disk('lvm', 8)] }),
      aGuest({ vmid: 101, disks: [disk('old', 4)] }),
    ];
    const { problem } = read(aCluster(nodes({ storage: [lvm] }, { storage: [lvm, aStorage({})] }), guests));
    expect(problem.nodes.map(({ storageMib }) => storageMib)).toEqual([
      { lvm: 140 * MIB, old: 4 * MIB },
      { lvm: 100 * MIB },
    ]);
    expect(problem.guests.map(({ disksMib }) => disksMib)).toEqual([{ lvm: 40 * MIB }, { old: 4 * MIB }]);
  });

  test('storage that could not be read has room for nothing more', () => {
    const node = { storage: [lvm], unknown: ['storage'] };
    expect(read(aCluster(nodes(node, {}))).problem.nodes[0]?.storageMib).toEqual({});
  });
});

describe('what guests claim', () => {
  const crowd = (count: number) =>
    Array.from({ length: count }, (_, i) => aGuest({ vmid: 100 + i, mem_used_gb: 4.2, mem_max_gb: 16 }));

  test('is all they may use, as long as that fits the cluster', () => {
    const seen = read(aCluster(three(), crowd(8)));
    expect([seen.claims, guestIn(seen)?.memMib]).toEqual(['assigned', 16 * MIB]);
  });

  test('is what they use where the cluster promised more than it has', () => {
    const seen = read(aCluster(three(), crowd(12)));
    expect([seen.claims, guestIn(seen)?.memMib]).toEqual(['used', Math.ceil(4.2 * MIB)]);
  });

  test('nodes that take nobody have no part in what fits', () => {
    expect(read(aCluster(three(), crowd(8)), { maintenanceNodes: ['pve3', 'pve2'] }).claims).toBe('used');
  });

  test('is never more than they may use, and all of that where it could not be read', () => {
    const guests = [
      aGuest({ mem_used_gb: 9, mem_max_gb: 8 }),
      aGuest({ vmid: 101, mem_used_gb: 0, mem_max_gb: 8, unknown: ['stats'] }),
    ];
    const seen = read(aCluster(three(), guests), { policy: { memory: 'used' } });
    expect(seen.problem.guests.map(({ memMib }) => memMib)).toEqual([8 * MIB, 8 * MIB]);
  });

  test.each([
    ['stopped', { status: 'stopped' }, 0],
    ['a template', { template: true }, 0],
    ['paused', { status: 'paused' }, 8 * MIB],
    ['in no state that is known', { status: 'unknown' }, 8 * MIB],
  ])('one that is %s', (_, parts, memMib) => {
    expect(guestIn(read(aCluster(three(), [aGuest(parts)])))).toMatchObject({ memMib });
  });
});

describe('guests that stay', () => {
  test.each<[string, Partial<Guest>, string, string]>([
    ['the tag ignore', { tags: withTags('ignore') }, 'ignored', 'has_ignore_tag'],
    ['HA', { ha_managed: true }, 'pinned', 'ha_managed'],
    ['a device of the host', { local_devices: ['hostpci0'] }, 'pinned', 'passthrough_device'],
    ['tags that could not be read', { tags: null }, 'pinned', 'unknown_state'],
    ['a lock', { lock: 'backup' }, 'pinned', 'locked'],
    ['being off', { status: 'stopped' }, 'pinned', 'stopped'],
    ['disks nobody else has', { disks: [disk('elsewhere', 32, true)] }, 'pinned', 'no_suitable_target'],
    ['a container’s local disk', { type: 'CT', disks: [disk('lvm')] }, 'pinned', 'no_suitable_target'],
  ])('%s', (_, parts, fixed, reason) => {
    const seen = read(aCluster(nodes({ storage: [lvm] }, { storage: [lvm] }), [aGuest(parts)]));
    expect(guestIn(seen)).toMatchObject({ fixed, allowed: null });
    expect(seen.guests[0]?.refused).toMatchObject({ reason, detail: expect.stringMatching(/../) });
  });

  test('with maintenance they leave where the rules of maintenance let them', () => {
    const seen = read(aCluster(three(), [aGuest({ tags: withTags('ignore') })]), { maintenanceNodes: ['pve1'] });
    expect(guestIn(seen)).toMatchObject({ fixed: null });
  });

  test('who cannot leave a node to be emptied is left behind, and the problem can be solved without it', () => {
    const guests = [aGuest({ local_devices: ['usb0'] }), aGuest({ vmid: 101 })];
    const seen = read(aCluster(three(), guests), { maintenanceNodes: ['pve1'] });
    expect(seen.leftBehind.map(({ id }) => id)).toEqual(['100']);
    expect(seen.problem.guests.map(({ id }) => id)).toEqual(['101']);
  });

  test('guests on nodes that are away stay, whatever they are', () => {
    const seen = read(aCluster(nodes({ status: 'offline' }, {}), [aGuest()]));
    expect([seen.problem.guests[0]?.fixed, seen.leftBehind]).toEqual(['pinned', []]);
  });
});

describe('where guests may go', () => {
  test('only to nodes that have their storages', () => {
    const shared = aStorage({});
    const cluster = nodes({ storage: [shared, lvm] }, { storage: [shared] }, { storage: [shared, lvm] });
    const guests = [aGuest({ disks: [disk('lvm')] }), aGuest({ vmid: 101 })];
    const seen = read(aCluster(cluster, guests));
    expect([guestIn(seen)?.allowed, guestIn(seen, 101)?.allowed]).toEqual([[0, 2], null]);
  });

  test('room is no matter of what is allowed, but of limits', () => {
    const seen = read(aCluster(nodes({ storage: [lvm] }, { storage: [lvm] }), [aGuest({ disks: [disk('lvm', 500)] })]));
    expect(guestIn(seen)).toMatchObject({ fixed: null, allowed: null, disksMib: { lvm: 500 * MIB } });
  });

  test('with an exclude tag nowhere where the tags of somebody are not known', () => {
    const guests = [aGuest({ tags: withTags('exclude_db') }), aGuest({ vmid: 101, node: 'pve2', tags: null })];
    expect(guestIn(read(aCluster(three(), guests)))?.allowed).toEqual([0, 2]);
    const hidden = aCluster(three(), guests.slice(0, 1), { unknown: ['guests'] });
    expect(guestIn(read(hidden))?.fixed).toBe('pinned');
  });

  test('strict node affinity of Proxmox binds what HA lets go in maintenance', () => {
    const rule = (strict: boolean, applied = true) => ({
      ...{ name: 'r', kind: 'node-affinity' as const, vmids: [100], strict, applied, source: 'rule' as const },
      nodes: [{ node: 'pve2', priority: 1 }],
    });
    const seen = (...rules: ReturnType<typeof rule>[]) =>
      guestIn(
        read(aCluster(three(), [aGuest({ ha_managed: true })], { ha_rules: rules }), { maintenanceNodes: ['pve1'] }),
      )?.allowed;
    expect([seen(rule(true)), seen(rule(false)), seen(rule(true, false))]).toEqual([[1], null, null]);
  });
});

test('limits bend to guests that cannot move, and to nobody else', () => {
  const big = { mem_max_gb: 40, mem_used_gb: 1 };
  const guests = [
    aGuest({ ...big, lock: 'backup' }),
    aGuest({ ...big, vmid: 101, lock: 'backup' }),
    aGuest({ ...big, vmid: 102 }),
  ];
  const seen = read(aCluster(three(), guests), { policy: { memory: 'assigned' } });
  expect(seen.problem.nodes[0]?.memMib).toBe(80 * MIB);
  expect(brokenIn(seen.problem, [0, 0, 0])).toMatchObject([{ kind: 'final-ram', node: 'pve1' }]);
});

test.each([
  ['no quorum', { quorate: false }, /no quorum/],
  ['unknown quorum', { quorate: null }, /not known/],
])('%s: nothing may be moved', (_, health, words) => {
  const cluster = aCluster(three(), [], { cluster_health: { nodes: 3, online_nodes: 3, ...health } });
  expect(read(cluster).halt).toMatch(words);
});

test('whatever the cluster: indices are sound, and of what is broken something that may move has a part', () => {
  fc.assert(
    fc.property(smallCluster, (input) => {
      const { problem, guests } = readSnapshot(input);
      expect(guests).toHaveLength(problem.guests.length);
      for (const { node, allowed, memMib, moveCost, fixed } of problem.guests) {
        expect(problem.nodes[node]).toBeDefined();
        for (const n of allowed ?? []) expect(problem.nodes[n]).toBeDefined();
        expect([Number.isSafeInteger(memMib), moveCost > 0]).toEqual([true, true]);
        expect(fixed !== null && problem.nodes[node]?.duty === 'maintenance').toBe(false);
      }
      for (const term of problem.policy.objective.terms)
        for (const value of [...term.footprints, ...term.bases, ...term.capacities])
          expect(Number.isFinite(value)).toBe(true);
      for (const broken of brokenIn(
        problem,
        problem.guests.map(({ node }) => node),
      )) {
        const there = problem.guests.filter(
          (guest) => broken.members?.includes(guest.id) ?? (broken.guest ?? guest.id) === guest.id,
        );
        expect(there.some(({ fixed }) => fixed === null)).toBe(true);
      }
    }),
  );
});

test('64 nodes with 10 000 guests are read at once', () => {
  const snapshot = generateCluster({ nodes: 64, guests: 10_000 });
  read(snapshot);
  const started = process.cpuUsage();
  read(snapshot);
  const { user, system } = process.cpuUsage(started);
  // Processor time: other things may run beside this. About 80 ms.
  expect((user + system) / 1000).toBeLessThan(400);
});
