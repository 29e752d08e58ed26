import { HaPlacementRule } from '@proxbalance/contracts';
import type { HaGroup, HaResource, HaRule } from '@proxbalance/proxmox';
import { expect, test } from 'vitest';
import { deriveHaRules } from './ha-rules.ts';

const rule = (more: Partial<HaRule>): HaRule => ({
  rule: 'r1',
  type: 'node-affinity',
  sids: ['vm:100', 'ct:200'],
  nodes: [],
  strict: false,
  affinity: null,
  applied: true,
  comment: null,
  ...more,
});
const group: HaGroup = {
  group: 'g1',
  nodes: [{ node: 'pve1', priority: 2 }],
  restricted: true,
  failback: true,
  comment: null,
};
const resource = (vmid: number, name: string | null, state = 'started') =>
  ({ sid: `vm:${vmid}`, vmid, group: name, state }) as HaResource;

test.each([
  ['node-affinity', rule({ nodes: [{ node: 'pve1', priority: 1 }], strict: true })],
  ['keep-together', rule({ type: 'resource-affinity', affinity: 'positive' })],
  ['keep-apart', rule({ type: 'resource-affinity', affinity: 'negative', applied: false })],
] as const)('%s of a rule', (kind, one) => {
  const [derived] = deriveHaRules({ rules: [one], groups: null }, []) ?? [];
  expect(derived).toMatchObject({
    kind,
    vmids: [100, 200],
    nodes: one.nodes,
    strict: one.strict,
    applied: one.applied,
    source: 'rule',
  });
  expect(HaPlacementRule.parse(derived)).toEqual(derived);
});

test('a group is a rule of the guests in it', () => {
  const resources = [resource(100, 'g1'), resource(101, 'g2'), resource(102, null), resource(103, 'g1', 'ignored')];
  expect(deriveHaRules({ rules: null, groups: [group] }, resources)).toEqual([
    {
      name: 'g1',
      kind: 'node-affinity',
      vmids: [100],
      nodes: group.nodes,
      strict: true,
      applied: true,
      source: 'group',
    },
  ]);
});

test('a kind of rule nobody knows is passed over', () => {
  expect(deriveHaRules({ rules: [rule({ type: 'moon-phase' })], groups: null }, [])).toEqual([]);
});

test('half way from 8 to 9 there are rules already, and still the groups', () => {
  const derived = deriveHaRules({ rules: [rule({})], groups: [group] }, [resource(100, 'g1')]);
  expect(derived?.map(({ name, source }) => [name, source])).toEqual([
    ['r1', 'rule'],
    ['g1', 'group'],
  ]);
});

test('who is in the groups is not known without the list of resources', () => {
  expect(deriveHaRules({ rules: null, groups: [group] }, null)).toBeNull();
  expect(deriveHaRules({ rules: [rule({})], groups: null }, null)).toHaveLength(1);
  expect(deriveHaRules({ rules: null, groups: [] }, null)).toEqual([]);
});
