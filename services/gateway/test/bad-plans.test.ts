import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Gateway, showSnapshot, startGateway } from './support/gateway.ts';
import { refusal } from './support/refusal.ts';

let gateway: Gateway;
beforeAll(async () => {
  gateway = await startGateway();
  await showSnapshot(gateway);
});
afterAll(() => gateway[Symbol.asyncDispose]());

const balance = { goal: 'balance' };
const whatIf = (overrides: unknown) => ({ goal: 'what-if', overrides });
const policy = (parts: object) => whatIf({ policy: parts });
const place = (guest: object, count = 1) => ({
  goal: 'place',
  guests: Array.from({ length: count }, () => ({ vcpus: 1, mem_gb: 1, ...guest })),
});
const many = (count: number) => Array.from({ length: count }, (_, i) => `pve${i}`);

test.each<[string, unknown, string]>([
  ['nothing', {}, 'goal'],
  ['a goal nobody knows', { goal: 'peace' }, 'goal'],
  ['a goal every object has', { goal: 'constructor' }, 'goal'],
  ['an unknown field', { ...balance, dry_run: true }, 'dry_run'],
  ['a field of every object', { ...balance, constructor: 1 }, 'constructor'],
  ['nodes for a goal without', { ...balance, nodes: ['pve1'] }, 'nodes'],
  ['no nodes to empty', { goal: 'evacuate' }, 'nodes'],
  ['an empty list of nodes', { goal: 'evacuate', nodes: [] }, 'nodes'],
  ['nodes that are no list', { goal: 'evacuate', nodes: 'pve1' }, 'nodes'],
  ['more nodes than there can be', { goal: 'evacuate', nodes: many(65) }, 'nodes'],
  ['a node name with a slash', { goal: 'evacuate', nodes: ['../x'] }, 'nodes.0'],
  ['a node name with brackets', { goal: 'evacuate', nodes: ['(new)'] }, 'nodes.0'],
  ['no guests to place', { goal: 'place' }, 'guests'],
  ['guests for a goal without', { ...place({}), goal: 'balance' }, 'guests'],
  ['201 guests', place({}, 201), 'guests'],
  ['201 guests, counted one by one', place({ count: 67 }, 3), 'guests'],
  ['a guest without vCPUs', place({ vcpus: 0 }), 'guests.0.vcpus'],
  ['a guest with memory as text', place({ mem_gb: '4' }), 'guests.0.mem_gb'],
  ['a guest beyond all sizes', place({ mem_gb: 1e300 }), 'guests.0.mem_gb'],
  ['a guest that uses less than nothing', place({ cpu: -1 }), 'guests.0.cpu'],
  ['a guest with an id', place({ vmid: 100 }), 'guests.0.vmid'],
  ['a guest of no type', place({ type: 'LXC' }), 'guests.0.type'],
  ['a disk without a size', place({ disks: [{ storage: 'a' }] }), 'guests.0.disks.0.size_gb'],
  ['a disk below nothing', place({ disks: [{ storage: 'a', size_gb: -1 }] }), 'guests.0.disks.0.size_gb'],
  ['a tag with a blank', place({ tags: ['a b'] }), 'guests.0.tags.0'],
  ['a name that is no text', place({ name: 5 }), 'guests.0.name'],
  ['half a guest', place({ count: 0.5 }), 'guests.0.count'],
  ['what-if without what', { goal: 'what-if' }, 'overrides'],
  ['what-if with nothing otherwise', whatIf({}), 'overrides'],
  ['overrides that are a list', whatIf([]), 'overrides'],
  ['an override nobody knows', whatIf({ remove_nodes: ['pve1'] }), 'overrides.remove_nodes'],
  ['a node more without a model', whatIf({ add_nodes: [{ name: 'a' }] }), 'overrides.add_nodes.0.like'],
  [
    'a node more without cores',
    whatIf({ add_nodes: [{ name: 'a', like: 'pve1', cpu_cores: 0 }] }),
    'overrides.add_nodes.0.cpu_cores',
  ],
  ['a node that fails and is none', whatIf({ fail_nodes: [7] }), 'overrides.fail_nodes.0'],
  ['a guest below all ids', whatIf({ grow_guests: [{ vmid: 1 }] }), 'overrides.grow_guests.0.vmid'],
  ['a guest that grows in name', whatIf({ grow_guests: [{ vmid: 100, name: 'x' }] }), 'overrides.grow_guests.0.name'],
  ['a rule without a name', whatIf({ drop_rules: [''] }), 'overrides.drop_rules.0'],
  ['a policy nobody knows', policy({ method: 'memory' }), 'overrides.policy.method'],
  ['memory that is guessed', policy({ memory: 'guessed' }), 'overrides.policy.memory'],
  ['memory without limit', policy({ mem_limit_percent: 101 }), 'overrides.policy.mem_limit_percent'],
  ['no vCPUs at all', policy({ cpu_overcommit: 0 }), 'overrides.policy.cpu_overcommit'],
  ['a move that earns', policy({ move_cost: -1 }), 'overrides.policy.move_cost'],
  ['fewer moves than none', { ...balance, max_moves: -1 }, 'max_moves'],
  ['half a move', { ...balance, max_moves: 1.5 }, 'max_moves'],
  ['no time', { ...balance, time_limit_ms: 99 }, 'time_limit_ms'],
  ['more time than a minute', { ...balance, time_limit_ms: 60_001 }, 'time_limit_ms'],
  ['time as text', { ...balance, time_limit_ms: '2000' }, 'time_limit_ms'],
  ['a seed with a fraction', { ...balance, seed: 0.1 }, 'seed'],
  ['a seed beyond all', { ...balance, seed: 2 ** 31 }, 'seed'],
  ['null as a seed', { ...balance, seed: null }, 'seed'],
])('POST /api/plan names %s', async (_, body, where) => {
  const { status, code, details = [] } = await refusal(await gateway.post('/api/plan', body));
  expect([status, code]).toEqual([400, 'invalid-input']);
  expect(details.map(({ path }) => path)).toContain(where);
});

test('what is in order gets as far as the recommender, of which there is none here', async () => {
  for (const body of [balance, place({ count: 3 }), whatIf({ fail_nodes: ['pve1'] })])
    expect((await refusal(await gateway.post('/api/plan', body))).code).toBe('service-unavailable');
});
