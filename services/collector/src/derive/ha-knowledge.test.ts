import type { HaPlacementRule } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { haHolds } from './ha-knowledge.ts';

const rule = (nodes: string[], more: Partial<HaPlacementRule> = {}): HaPlacementRule => ({
  name: 'gold',
  kind: 'node-affinity',
  vmids: [100],
  nodes: nodes.map((node) => ({ node, priority: 0 })),
  strict: true,
  applied: true,
  source: 'rule',
  ...more,
});

const up = new Set(['pve1', 'pve2']);
const guest = { vmid: 100, node: 'pve1', ha_managed: true, ha_state: 'started' };

test.each([
  ['a strict rule of its node alone', [rule(['pve1'])], 'the HA rule gold keeps it on pve1'],
  ['a strict rule with another node', [rule(['pve1', 'pve2'])], null],
  ['a strict rule with a node that is down or gone', [rule(['pve1', 'pve3'])], 'the HA rule gold keeps it on pve1'],
  ['a strict rule of another node: it has to go', [rule(['pve2'])], null],
  ['a rule that only prefers', [rule(['pve1'], { strict: false })], null],
  ['a rule that is not applied', [rule(['pve1'], { applied: false })], null],
  ['a rule of another guest', [rule(['pve1'], { vmids: [101] })], null],
  ['a rule about other guests', [rule([], { kind: 'keep-apart' })], null],
  ['none', [], null],
  ['not read', null, null],
])('%s', (_, rules, hold) => {
  expect(haHolds(rules, false, up)(guest)).toBe(hold);
});

test.each(['started', 'stopped', null])('in state %s it may go', (ha_state) => {
  expect(haHolds([], false, up)({ ...guest, ha_state })).toBeNull();
});

test.each(['error', 'fence', 'recovery', 'freeze', 'migrate', 'relocate', 'deleting'])(
  'in state %s not',
  (ha_state) => {
    expect(haHolds([], false, up)({ ...guest, ha_state })).toBe(`the HA manager has it in state ${ha_state}`);
  },
);

test('Proxmox’s own balancer is not fought over the guests it places, and has none beside HA', () => {
  expect(haHolds([], true, up)(guest)).toContain('own balancer');
  expect(haHolds([rule(['pve1'])], true, up)({ ...guest, ha_managed: false, ha_state: null })).toBeNull();
});
