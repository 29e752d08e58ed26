import type { Guest, Node, Thresholds } from '@proxbalance/contracts';
import { defaultPenalties } from '@proxbalance/contracts';
import fc from 'fast-check';
import { guestLoad } from '../load.ts';
import type { RecommendInput } from '../recommend/problem.ts';
import { aCluster, aGuest, aNode, withTags } from './build.ts';

/** Limits that random clusters are judged against. */
export const limits: Thresholds = { cpu_threshold: 60, mem_threshold: 70, iowait_threshold: 30 };

const names = ['pve1', 'pve2', 'pve3', 'pve4', 'pve5'];

const guest = (nodes: number): fc.Arbitrary<Partial<Guest>> =>
  fc.record({
    node: fc.integer({ min: 0, max: nodes - 1 }).map((i) => names[i] ?? 'pve1'),
    type: fc.constantFrom('VM', 'VM', 'CT'),
    status: fc.constantFrom('running', 'running', 'running', 'running', 'stopped', 'paused'),
    cpu_current: fc.integer({ min: 0, max: 100 }),
    cpu_cores: fc.integer({ min: 1, max: 8 }),
    mem_used_gb: fc.integer({ min: 0, max: 16 }),
    mem_max_gb: fc.integer({ min: 1, max: 16 }),
    disk_read_bps: fc.constantFrom(0, 0, 50e6, 200e6),
    template: fc.constantFrom(...Array(15).fill(false), true),
    lock: fc.constantFrom(...Array(15).fill(null), 'backup'),
    ha_managed: fc.constantFrom(...Array(12).fill(false), true, null),
    tags: fc.constantFrom(
      ...Array(8).fill(withTags()),
      withTags('exclude_db'),
      withTags('exclude_db', 'affinity_app'),
      withTags('affinity_app'),
      withTags('ignore'),
      null,
    ),
    local_devices: fc.constantFrom(...Array(12).fill([]), ['hostpci0'], null),
    unknown: fc.constantFrom(...Array(12).fill([]), ['config']),
  });

const bareNode = fc.record({
  cpu_cores: fc.constantFrom(8, 16, 32),
  total_mem_gb: fc.constantFrom(32, 64, 128),
  status: fc.constantFrom<Node['status']>('online', 'online', 'online', 'online', 'online', 'offline', 'unknown'),
  hostCpu: fc.integer({ min: 0, max: 30 }),
  hostMem: fc.integer({ min: 0, max: 30 }),
  iowait: fc.constantFrom(0, 5, 5, 12, 45),
  weekFactor: fc.constantFrom(1, 1, 0.6, 1.3),
});

/** A judgement to make on a small random cluster; the load of a node is that of its guests and some of its own. */
export const smallCluster: fc.Arbitrary<RecommendInput> = fc
  .integer({ min: 1, max: 5 })
  .chain((count) =>
    fc.record({
      nodes: fc.array(bareNode, { minLength: count, maxLength: count }),
      guests: fc.array(guest(count), { maxLength: 16 }),
      maintenance: fc.subarray(names.slice(0, count), { maxLength: 1 }),
      inFlight: fc.array(fc.record({ i: fc.nat(15), to: fc.nat(count - 1) }), { maxLength: 2 }),
    }),
  )
  .map(({ nodes, guests: parts, maintenance, inFlight }) => {
    const guests = parts.map((one, i) => aGuest({ ...one, vmid: 100 + i }));
    return {
      snapshot: aCluster(
        nodes.map((one, i) => loaded(names[i] ?? 'pve1', one, guests)),
        guests,
      ),
      thresholds: limits,
      config: defaultPenalties(),
      maintenanceNodes: maintenance,
      inFlight: inFlight.flatMap(({ i, to }) => {
        const moving = guests[i];
        return moving ? [{ vmid: moving.vmid, source_node: moving.node, target_node: names[to] ?? 'pve1' }] : [];
      }),
    };
  });

type BareNode = typeof bareNode extends fc.Arbitrary<infer T> ? T : never;

const loaded = (name: string, one: BareNode, guests: readonly Guest[]): Node => {
  const { hostCpu, hostMem, iowait, weekFactor, ...parts } = one;
  const empty = aNode({ ...parts, name });
  const own = guests.filter((guest) => guest.node === name && guest.status === 'running');
  const sum = (of: 'cpu' | 'mem') => own.reduce((all, guest) => all + guestLoad(guest, empty)[of], 0);
  const cpu = Math.min(100, hostCpu + sum('cpu'));
  const metrics = { avg_cpu_week: Math.min(100, cpu * weekFactor) };
  return aNode({ ...parts, name, cpu, mem: Math.min(100, hostMem + sum('mem')), iowait, metrics });
};
