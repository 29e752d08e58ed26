import { PlanRequest } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { aCluster, aGuest, aNode, withTags } from '../../../../libs/engine/src/testing/build.ts';
import { checkRequest } from './check-request.ts';

const snapshot = aCluster([aNode(), aNode({ name: 'pve2' })], [aGuest({ tags: withTags('exclude_db') })], {
  ha_rules: [{ name: 'r1', kind: 'keep-apart', vmids: [], nodes: [], strict: false, applied: true, source: 'rule' }],
});
const check = (request: object) => () => checkRequest(snapshot, PlanRequest.parse(request));
const otherwise = (overrides: object) => ({ goal: 'what-if', overrides });

test.each([
  ['nodes to empty', { goal: 'evacuate', nodes: ['pve1', 'pve9'] }, 'node-not-found', 'nodes.1'],
  ['nodes that fail', otherwise({ fail_nodes: ['constructor'] }), 'node-not-found', 'overrides.fail_nodes.0'],
  ['nodes to drain', otherwise({ drain_nodes: ['pve3'] }), 'node-not-found', 'overrides.drain_nodes.0'],
  ['a model', otherwise({ add_nodes: [{ name: 'a', like: 'b' }] }), 'node-not-found', 'overrides.add_nodes.0.like'],
  ['guests', otherwise({ grow_guests: [{ vmid: 101 }] }), 'guest-not-found', 'overrides.grow_guests.0.vmid'],
  ['rules', otherwise({ drop_rules: ['exclude_db', 'r1', 'r2'] }), 'invalid-input', 'overrides.drop_rules.2'],
  [
    'a new node with an old name',
    otherwise({ add_nodes: [{ name: 'pve2', like: 'pve1' }] }),
    'invalid-input',
    'overrides.add_nodes.0.name',
  ],
])('%s that are not there are named', (_, request, code, path) => {
  expect(check(request)).toThrow(
    expect.objectContaining({
      code,
      details: [expect.objectContaining({ path, message: expect.stringMatching(/\w/) })],
    }),
  );
});

test('what is there passes', () => {
  expect(check({ goal: 'evacuate', nodes: ['pve1'] })).not.toThrow();
  expect(check(otherwise({ drop_rules: ['exclude_db', 'r1'], grow_guests: [{ vmid: 100, mem_gb: 1 }] }))).not.toThrow();
});
