import { type Proxmox, ProxmoxError, type ProxmoxErrorKind } from '@proxbalance/proxmox';
import { expect, test } from 'vitest';
import { guest, migration, resources, task } from '../testing/build.ts';
import { locate } from './locate.ts';

type Answer = 'here' | ProxmoxErrorKind;

const failure = (kind: ProxmoxErrorKind) =>
  new ProxmoxError({ kind, reason: kind, host: 'h', method: 'GET', path: '/config' });

/** `listed`: the node in the list of resources. `nodes`: what each answers when asked for the guest. */
const world = (listed: string | null, nodes: Record<string, Answer>, more: object = {}) =>
  ({
    clusterResources: async () => resources({ guests: listed ? [guest({ node: listed, ...more })] : [] }),
    clusterTasks: async () => ('running' in more ? [task()] : []),
    guestConfig: async (node: string) => {
      const answer = nodes[node] ?? 'refused';
      if (answer !== 'here') throw failure(answer);
      return { digest: null, lock: null, raw: {} };
    },
  }) as unknown as Proxmox;

test.each([
  ['where it is listed', 'pve2', { pve2: 'here' }, 'pve2', true],
  ['elsewhere than the list of two seconds ago says', 'pve1', { pve2: 'here' }, 'pve2', true],
  ['on a third node', 'pve3', { pve3: 'here' }, 'pve3', true],
  ['though the list leaves it out', null, { pve1: 'here' }, 'pve1', true],
  ['on a node that is down', 'pve1', { pve1: 'node-unreachable' }, 'pve1', true],
  ['nowhere: nobody lists it, nobody has it', null, {}, null, true],
  ['nowhere, while one node is down', null, { pve2: 'node-unreachable' }, null, true],
  ['listed, but nobody has it right now', 'pve1', {}, 'pve1', false],
] as const)('found %s', async (_, listed, nodes, node, isSure) => {
  expect(await locate(world(listed, nodes), migration())).toMatchObject({ node, isSure });
});

test.each(['permission', 'authentication', 'unreachable', 'timeout'] as const)(
  'nobody can say (%s): that is no place, and no absence either',
  async (kind) => {
    await expect(locate(world(null, { pve1: kind, pve2: kind }), migration())).rejects.toThrow(kind);
  },
);

test('both nodes down and not listed: unknown, not gone', async () => {
  const down = { pve1: 'node-unreachable', pve2: 'node-unreachable' } as const;
  await expect(locate(world(null, down), migration())).rejects.toThrow('node-unreachable');
});

test.each([
  ['a task', { running: true }],
  ['the HA manager', { haState: 'migrate' }],
  ['the HA manager, by a restart', { haState: 'relocate' }],
])('%s is still at it', async (_, more) => {
  expect(await locate(world('pve1', { pve1: 'here' }, more), migration())).toMatchObject({ isMoving: true });
});
