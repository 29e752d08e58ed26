import { defaultPenalties, MigrationOptions } from '@proxbalance/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { UnknownGuestError } from '../node-scores.ts';
import { limits, smallCluster } from '../testing/arbitrary.ts';
import { aCluster, aGuest, aNode, withTags } from '../testing/build.ts';
import { migrationOptions } from './migration-options.ts';

const db = withTags('exclude_db');
const guests = [
  aGuest({ tags: db }),
  aGuest({ vmid: 101, node: 'pve4', tags: db, status: 'stopped' }),
  aGuest({ vmid: 102, node: 'pve2', mem_used_gb: 6 }),
];
const nodes = [
  aNode({ cpu: 85, mem: 80, iowait: 5 }),
  aNode({ name: 'pve2', cpu: 20, mem: 30, iowait: 2 }),
  aNode({ name: 'pve3', status: 'offline' }),
  aNode({ name: 'pve4' }),
  aNode({ name: 'pve5', mem: 90 }),
  aNode({ name: 'pve6', storage: [] }),
  aNode({ name: 'pve7' }),
];
const options = (vmid = 100) =>
  migrationOptions({
    snapshot: aCluster(nodes, guests),
    thresholds: limits,
    config: defaultPenalties(),
    maintenanceNodes: ['pve7'],
    vmid,
  });

test('every node is an option, those that cannot be come last with the reason', () => {
  const found = options();
  expect(MigrationOptions.parse(found)).toEqual(found);
  expect(found).toMatchObject({ vmid: '100', guest_name: 'guest-100', guest_type: 'VM', current_node: 'pve1' });
  expect(found.options.map((one) => [one.node, one.disqualified ? one.reason : one.is_current])).toEqual([
    ['pve2', false],
    ['pve1', true],
    ['pve3', 'Node is offline'],
    ['pve4', 'A guest tagged exclude_db is there'],
    ['pve5', expect.stringContaining('Memory would not fit')],
    ['pve6', 'Storage ceph is not available'],
    ['pve7', 'Node is in maintenance'],
  ]);
});

test('the numbers are those of the recommendations; the guest counts once on its own node', () => {
  const { current_score, options: found } = options();
  expect(current_score).toBe(315.94);
  const [target, current] = found;
  if (!target || !current || target.disqualified || current.disqualified) throw new Error('two options are wanted');
  expect(target.improvement).toBeCloseTo((current_score ?? 0) - target.score, 2);
  expect(target.metrics.predicted_cpu).toBe(32.5);
  expect(current.metrics).toMatchObject({ predicted_cpu: 85, predicted_mem: 80 });
});

test('nobody has the guest → an error that says so; a guest of an offline node has no current score', () => {
  expect(() => options(999)).toThrow(UnknownGuestError);
  const snapshot = aCluster(nodes, [aGuest({ node: 'pve3' })]);
  const input = { snapshot, thresholds: limits, config: defaultPenalties(), maintenanceNodes: [], vmid: 100 };
  const found = migrationOptions(input);
  expect(found.current_score).toBeNull();
  expect(found.options.find((one) => !one.disqualified)).toMatchObject({ improvement: null });
});

test('law: more load on a target never improves its score, and the order of nodes changes nothing', () => {
  const more = fc.record({ cpu: fc.nat(40), mem: fc.nat(40), iowait: fc.nat(40) });
  fc.assert(
    fc.property(smallCluster, more, (input, { cpu, mem, iowait }) => {
      for (const { vmid, node: own } of Object.values(input.snapshot.guests).slice(0, 3)) {
        const before = migrationOptions({ ...input, vmid });
        const reversed = Object.fromEntries(Object.entries(input.snapshot.nodes).reverse());
        expect(migrationOptions({ ...input, snapshot: { ...input.snapshot, nodes: reversed }, vmid })).toEqual(before);
        for (const option of before.options) {
          const node = input.snapshot.nodes[option.node];
          if (!node || option.node === own) continue;
          const m = node.metrics;
          const metrics = {
            ...m,
            current_cpu: Math.min(100, m.current_cpu + cpu),
            avg_cpu_week: Math.min(100, m.avg_cpu_week + cpu),
            current_mem: Math.min(100, m.current_mem + mem),
            current_iowait: Math.min(100, m.current_iowait + iowait),
          };
          const nodes = { ...input.snapshot.nodes, [node.name]: { ...node, metrics } };
          const after = migrationOptions({ ...input, snapshot: { ...input.snapshot, nodes }, vmid });
          const again = after.options.find((one) => one.node === option.node);
          expect(again?.score).toBeGreaterThanOrEqual(option.score - 3.01);
        }
      }
    }),
  );
});
