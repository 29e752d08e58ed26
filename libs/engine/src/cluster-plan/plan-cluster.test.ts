import { ClusterPlan, type ClusterSnapshot, defaultPenalties, type Guest, PlanRequest } from '@proxbalance/contracts';
import { describe, expect, test } from 'vitest';
import { aCluster, aGuest, aNode, aStorage, withTags } from '../testing/build.ts';
import { planCluster } from './plan-cluster.ts';

const thresholds = { cpu_threshold: 60, mem_threshold: 70, iowait_threshold: 30 };
const limits = { cluster: 4, per_source: 2, per_target: 1 };

/** Time stands still: what is found does not depend on how fast the machine is. */
const plan = (snapshot: ClusterSnapshot, request: object, maintenanceNodes: string[] = []) => {
  const parsed = PlanRequest.parse({ time_limit_ms: 200, ...request });
  const config = defaultPenalties();
  const made = planCluster({ snapshot, thresholds, limits, config, maintenanceNodes, request: parsed, now: () => 0 });
  const when = { snapshot_id: 's1', snapshot_collected_at: snapshot.collected_at, snapshot_age_seconds: 0 };
  expect(ClusterPlan.parse({ ...made, ...when })).toEqual({ ...made, ...when });
  return made;
};
const lvm = aStorage({ storage: 'lvm', shared: false, avail_gb: 100 });
const local = (storage = 'lvm') => ({
  disks: [{ key: 'scsi0', storage, volume: 'v', size_gb: 32, is_cdrom: false, is_shared: false }],
});
const many = (count: number, parts: Partial<Guest> = {}, from = 100) =>
  Array.from({ length: count }, (_, i) =>
    aGuest({ vmid: from + i, cpu_current: 50, mem_used_gb: 6, mem_max_gb: 6, ...parts }),
  );
/** pve1 has it all, the others idle. */
const hot = (guests = many(8)) => {
  const own = guests.filter(({ node, status }) => node === 'pve1' && status === 'running');
  const cpu = own.reduce((sum, { cpu_current, cpu_cores }) => sum + (cpu_current * cpu_cores) / 16, 2);
  const mem = own.reduce((sum, { mem_used_gb }) => sum + (100 * mem_used_gb) / 64, 3);
  const storage = [aStorage({}), lvm];
  return aCluster(
    [aNode({ cpu, mem, storage }), aNode({ name: 'pve2', storage }), aNode({ name: 'pve3', storage })],
    guests,
  );
};
const targets = (made: ReturnType<typeof plan>) => made.moves.map(({ target_node }) => target_node);

describe('balance', () => {
  test('a hot node gives guests away, and the answer says what that brings', () => {
    const made = plan(hot(), { goal: 'balance' });
    expect(made.status).toBe('ok');
    expect(made.before.cpu.deviation).toBeGreaterThan(40);
    expect(made.after?.cpu.deviation).toBeLessThan(8);
    expect(made.certificate).toMatchObject({ certified: true, moves: made.steps.flatMap(({ moves }) => moves).length });
    expect(made.objective?.after).toBeLessThan(made.objective?.before ?? 0);
    expect(made.objective?.lower_bound).toBeLessThanOrEqual(made.objective?.after ?? -1);
    for (const { gain_in_plan, gain_alone, ram_bytes, reason } of made.moves) {
      expect(gain_in_plan.cpu_deviation).toBeGreaterThan(0);
      expect(gain_alone.cpu_deviation).toBeGreaterThan(0);
      expect([ram_bytes, reason]).toEqual([6 * 2 ** 30, expect.stringMatching(/^Evens out CPU/)]);
    }
    expect(made.ram_bytes).toBe(made.moves.length * 6 * 2 ** 30);
    expect(made.explanation[0]).toMatch(/^\d guests move in \d steps, about \d+ min$/);
  });

  test('the limits for moves at once hold in every step, and a step takes as long as its busiest node', () => {
    const { steps, est_duration_minutes } = plan(hot(), { goal: 'balance' });
    for (const { moves, est_duration_minutes: minutes } of steps) {
      expect(moves.length).toBeLessThanOrEqual(limits.cluster);
      for (const same of Map.groupBy(moves, ({ target_node }) => target_node).values()) expect(same).toHaveLength(1);
      expect(minutes).toBe(1.5 * moves.length);
    }
    expect(est_duration_minutes).toBe(steps.reduce((sum, one) => sum + one.est_duration_minutes, 0));
  });

  test('a cluster in balance rests', () => {
    const made = plan(hot(many(1, { cpu_current: 10, mem_used_gb: 1 })), { goal: 'balance' });
    expect([made.status, made.moves, made.after]).toEqual(['no-change', [], made.before]);
    expect(made.explanation).toContainEqual(expect.stringMatching(/^Evenness is not looked for/));
  });

  test('no more moves than allowed', () => {
    expect(plan(hot(), { goal: 'balance', max_moves: 1 }).moves).toHaveLength(1);
    expect(plan(hot(), { goal: 'balance', max_moves: 0 }).status).toBe('no-change');
  });

  test('a dear move is left, a cheap one made', () => {
    const moves = (move_cost: number) =>
      plan(hot(), { goal: 'balance', overrides: { policy: { move_cost } } }).moves.length;
    expect(moves(100)).toBeLessThan(moves(1));
  });

  test('who is not to be moved is not, and the answer says how many and why', () => {
    const made = plan(hot([...many(4, { tags: withTags('ignore') }), ...many(4, {}, 200)]), { goal: 'balance' });
    expect(made.staying).toEqual({ has_ignore_tag: 4 });
    for (const { vmid } of made.moves) expect(vmid).toBeGreaterThanOrEqual(200);
  });

  test('nothing is planned without quorum', () => {
    const lost = { ...hot(), cluster_health: { quorate: null, nodes: 3, online_nodes: 3 } };
    expect(() => plan(lost, { goal: 'balance' })).toThrow(/not known whether the cluster has quorum/);
  });
});

describe('rules', () => {
  const db = { tags: withTags('exclude_db'), cpu_current: 0 };

  test('are repaired with as little as may be, and evenness is nobody’s concern', () => {
    const made = plan(hot([...many(2, db), ...many(6, {}, 200)]), { goal: 'rules' });
    expect([made.before.broken, made.after?.broken]).toMatchObject([[{ rule: 'exclude_db' }], []]);
    expect(made.moves).toMatchObject([
      { gain_in_plan: { repairs: ['exclude_db'] }, gain_alone: { repairs: ['exclude_db'] } },
    ]);
    expect(made.moves[0]?.reason).toBe('Needed for: exclude_db');
  });

  test('that nothing can repair are told, and the rest is done all the same', () => {
    const web = { tags: withTags('exclude_web'), cpu_current: 0 };
    const guests = [...many(2, { ...db, lock: 'backup' }), ...many(2, web, 200)];
    const made = plan(hot(guests), { goal: 'rules' });
    expect([made.status, made.moves.length]).toEqual(['partial', 1]);
    expect(made.unrepairable).toMatchObject([{ rule: 'exclude_db' }]);
    expect(made.explanation).toContainEqual(made.unrepairable[0]?.message);
  });

  test('that cannot be kept are kept as far as can be, and named with what would help', () => {
    const made = plan(hot(many(4, db)), { goal: 'rules' });
    expect([made.status, made.moves.length, made.certificate?.certified]).toEqual(['partial', 2, true]);
    expect(made.conflicts[0]?.parts).toContainEqual(expect.objectContaining({ rule: 'exclude_db' }));
    expect(made.relaxations.flatMap(({ changes }) => changes)).toContainEqual(
      expect.objectContaining({ kind: 'drop-rule', rule: 'exclude_db' }),
    );
    const still = made.after?.broken ?? [];
    expect(still).toMatchObject([{ rule: 'exclude_db', message: expect.stringMatching(/^\d+ and \d+ are on/) }]);
    expect(made.explanation).toContainEqual(made.conflicts[0]?.reason);
    const dropped = plan(hot(many(4, db)), { goal: 'rules', overrides: { drop_rules: ['exclude_db'] } });
    expect(dropped.status).toBe('no-change');
  });

  test('that cannot be kept leave limits to be kept all the same', () => {
    const made = plan(hot([...many(4, db), ...many(4, { mem_max_gb: 12 }, 200)]), { goal: 'rules' });
    expect(made.before.broken.map(({ kind }) => kind)).toEqual(['final-ram', 'final-anti-affinity']);
    expect(made.after?.broken.map(({ kind }) => kind)).toEqual(['final-anti-affinity']);
  });

  test('one that cannot be kept is in nobody’s way: the others are evened out all the same', () => {
    const made = plan(hot([...many(4, db), ...many(4, {}, 200)]), { goal: 'balance' });
    expect(made.status).toBe('partial');
    expect(made.after?.cpu.deviation).toBeLessThan(made.before.cpu.deviation / 2);
  });
});

describe('evacuate', () => {
  test('empties the node and moves nobody else', () => {
    const guests = [...many(4), ...many(4, { node: 'pve2', cpu_current: 90 }, 200)];
    const made = plan(hot(guests), { goal: 'evacuate', nodes: ['pve1'] });
    expect(made.status).toBe('ok');
    expect(made.moves.map(({ vmid }) => vmid).sort()).toEqual([100, 101, 102, 103]);
    expect(made.after?.nodes.pve1).toMatchObject({ guests: 0, counts: false });
    expect(made.moves[0]?.gain_in_plan.repairs).toContain('emptying pve1');
  });

  test('others move where nothing else makes room', () => {
    const big = (vmid: number, node: string, gb: number, more: Partial<Guest> = {}) =>
      aGuest({ vmid, node, mem_max_gb: gb, mem_used_gb: gb, cpu_current: 1, ...more });
    const guests = [big(100, 'pve1', 40), big(200, 'pve2', 20), big(201, 'pve2', 15), big(300, 'pve3', 25)];
    const made = plan(hot(guests), { goal: 'evacuate', nodes: ['pve1'] });
    expect(made.status).toBe('ok');
    expect(made.moves.length).toBeGreaterThan(1);
    expect(made.after?.broken).toEqual([]);
  });

  test('what is broken elsewhere is not its business', () => {
    const db = { tags: withTags('exclude_db'), node: 'pve2' };
    const made = plan(hot([...many(2), ...many(2, db, 200)]), { goal: 'evacuate', nodes: ['pve1'] });
    expect(made.moves.map(({ vmid }) => vmid).sort()).toEqual([100, 101]);
  });

  test('a rule that is kept is not given up for it: why it cannot be is the answer', () => {
    const guests = ['pve1', 'pve2', 'pve3'].map((node, i) =>
      aGuest({ vmid: 100 + i, node, tags: withTags('exclude_db') }),
    );
    const made = plan(hot(guests), { goal: 'evacuate', nodes: ['pve1'] });
    expect([made.status, made.moves, made.after, made.certificate]).toEqual(['infeasible', [], null, null]);
    expect(made.conflicts[0]?.reason).toMatch(/pve1 is to be emptied.*exclude_db/);
    expect(made.relaxations.length).toBeGreaterThan(0);
  });

  test('who cannot leave is named, and all others go', () => {
    const guests = [...many(2), aGuest({ vmid: 300, name: 'gpu', local_devices: ['hostpci0'] })];
    const made = plan(hot(guests), { goal: 'evacuate', nodes: ['pve1'] });
    expect([made.status, made.moves.length]).toEqual(['partial', 2]);
    expect(made.left_behind).toMatchObject([{ vmid: 300, reason: 'passthrough_device' }]);
    expect(made.explanation).toContainEqual(expect.stringMatching(/^gpu \(300\) cannot leave pve1: /));
  });

  test('local disks are copied and counted', () => {
    const made = plan(hot(many(1, local())), { goal: 'evacuate', nodes: ['pve1'] });
    expect(made).toMatchObject({ disk_bytes: 32 * 2 ** 30, moves: [{ disk_bytes: 32 * 2 ** 30 }] });
  });
});

describe('place', () => {
  const web = { name: 'web', vcpus: 2, mem_gb: 4, tags: ['exclude_web'], count: 3 };

  test('several at once, by their tags, without moving anybody', () => {
    const made = plan(hot(), { goal: 'place', guests: [web] });
    expect([made.status, targets(made).sort()]).toEqual(['ok', ['pve1', 'pve2', 'pve3']]);
    expect(made.moves[0]).toMatchObject({ vmid: null, source_node: null, action: 'create', ram_bytes: 0 });
    expect(made.moves.map(({ name }) => name).sort()).toEqual(['web-1', 'web-2', 'web-3']);
    expect(Object.keys(made.before.nodes)).toEqual(['pve1', 'pve2', 'pve3']);
    expect(made.before.broken).toEqual([]);
  });

  test('beside those who are there: an exclude tag in other letters keeps away', () => {
    const guests = [
      aGuest({ tags: withTags('exclude_web') }),
      aGuest({ vmid: 101, node: 'pve2', tags: withTags('exclude_web') }),
    ];
    expect(
      targets(plan(hot(guests), { goal: 'place', guests: [{ ...web, tags: ['EXCLUDE_web'], count: 1 }] })),
    ).toEqual(['pve3']);
  });

  test('only where the storage is, and has room', () => {
    const disks = [{ storage: 'lvm', size_gb: 60 }];
    const made = plan(hot(), { goal: 'place', guests: [{ ...web, tags: [], type: 'CT', disks, count: 3 }] });
    expect(targets(made).sort()).toEqual(['pve1', 'pve2', 'pve3']);
    const shared = [{ storage: 'ceph', size_gb: 601 }];
    expect(plan(hot(), { goal: 'place', guests: [{ ...web, disks: shared, count: 1 }] }).status).toBe('rule-conflict');
  });

  test('nodes in maintenance get none, and nobody is driven out of them', () => {
    const made = plan(hot(), { goal: 'place', guests: [{ ...web, tags: [] }] }, ['pve1']);
    expect(targets(made)).not.toContain('pve1');
    expect([made.moves.length, made.left_behind]).toEqual([3, []]);
  });

  test('one that fits nowhere: what is missing is said', () => {
    const made = plan(hot(), { goal: 'place', guests: [{ vcpus: 1, mem_gb: 500 }] });
    expect([made.status, made.memory]).toEqual(['infeasible', 'assigned']);
    expect(made.conflicts[0]).toMatchObject({ guests: ['new-1 (new)'], missing: [{ resource: 'ram' }] });
    expect(JSON.stringify(made)).not.toMatch(/\(new\) is in maintenance|take \(new\)/);
  });
});

describe('what-if', () => {
  test('a node fails: what ran there is started elsewhere, and what is lost with it is named', () => {
    const guests = [...many(3), aGuest({ vmid: 200, ...local() }), aGuest({ vmid: 201, status: 'stopped' })];
    const made = plan(hot(guests), { goal: 'what-if', overrides: { fail_nodes: ['pve1'] } });
    expect(made.moves.map(({ action }) => action)).toEqual(['restart', 'restart', 'restart']);
    expect(made).toMatchObject({ ram_bytes: 0, est_duration_minutes: 0, status: 'partial' });
    expect(made.left_behind).toMatchObject([{ vmid: 200, reason: 'local_storage' }]);
  });

  test('a node more: it is used', () => {
    const overrides = { add_nodes: [{ name: 'pve9', like: 'pve2', mem_gb: 128 }] };
    expect(targets(plan(hot(many(12)), { goal: 'what-if', overrides }))).toContain('pve9');
  });

  test('a guest grows: its node has that load, and no room for others', () => {
    const overrides = { grow_guests: [{ vmid: 100, mem_gb: 48, cpu_cores: 12 }] };
    const before = plan(hot(many(1)), { goal: 'what-if', overrides }).before.nodes.pve1;
    expect(before).toMatchObject({ cpu: 2 + 37.5, mem: 3 + (100 * 48) / 64 });
    const both = plan(hot([...many(1), aGuest({ vmid: 101, mem_max_gb: 30 })]), { goal: 'what-if', overrides });
    expect(both.before.broken).toMatchObject([{ kind: 'final-ram', node: 'pve1' }]);
    expect(both.after?.broken).toEqual([]);
  });

  test('a node is drained', () => {
    const made = plan(hot(), { goal: 'what-if', overrides: { drain_nodes: ['pve1'] } });
    expect(made.after?.nodes.pve1?.guests).toBe(0);
  });

  test('fewer vCPUs for each core', () => {
    const made = plan(hot(), { goal: 'what-if', overrides: { policy: { cpu_overcommit: 1 } } });
    expect(made.before.broken).toMatchObject([{ kind: 'final-cpu', node: 'pve1' }]);
    expect(made.after?.broken).toEqual([]);
  });
});
