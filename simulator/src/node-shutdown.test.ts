import { expect, test } from 'vitest';
import { ask, tokenWith } from '../test/ask.ts';
import { guestIn, nodeIn, smallWorld } from '../test/small-cluster.ts';
import type { World } from './world.ts';

const order = (world: World, command: string) =>
  ask(world, 'POST', '/nodes/pve1/status', { command }, { node: 'pve2' });
const crmState = (world: World) => world.ha.get('vm:103')?.crmState;

test('a reboot is answered at once, done two seconds later, and over after a while', () => {
  const world = smallWorld();
  expect(order(world, 'reboot')).toMatchObject({ status: 200, data: null });
  world.clock.advance(1);
  expect(nodeIn(world, 'pve1').downSinceMs).toBeNull();
  world.clock.advance(2);
  expect(ask(world, 'GET', '/nodes/pve1/status', {}, { node: 'pve2' }).status).toBe(595);
  expect(crmState(world)).toBe('freeze');
  world.clock.advance(100);
  expect((ask(world, 'GET', '/nodes/pve1/status').data as { uptime: number }).uptime).toBeLessThan(20);
  expect([crmState(world), guestIn(world, 103).node, guestIn(world, 100).stretches.at(-1)?.running]).toEqual([
    'started',
    'pve1',
    true,
  ]);
});

test.each([
  ['conditional', 'shutdown', 'recovered'],
  ['conditional', 'reboot', 'frozen'],
  ['freeze', 'shutdown', 'frozen'],
  ['failover', 'shutdown', 'recovered'],
])('policy %s, %s: the service is %s', (policy, command, fate) => {
  const world = smallWorld({ options: { ha: `shutdown_policy=${policy}` } });
  order(world, command);
  world.clock.advance(command === 'reboot' ? 60 : 200);
  expect(guestIn(world, 103).node === 'pve1').toBe(fate === 'frozen');
  expect(crmState(world)).toBe(fate === 'frozen' ? 'freeze' : 'started');
  // Whoever is not under HA waits for its node.
  expect(guestIn(world, 100).node).toBe('pve1');
});

test('policy migrate: services leave alive before the node goes down', () => {
  const world = smallWorld({ options: { ha: 'shutdown_policy=migrate' } });
  order(world, 'shutdown');
  world.clock.advance(10);
  expect(nodeIn(world, 'pve1').downSinceMs).toBeNull();
  world.clock.advance(60);
  expect(guestIn(world, 103).node).not.toBe('pve1');
  expect(nodeIn(world, 'pve1').downSinceMs).not.toBeNull();
  expect([...world.tasks.values()].some((task) => task.type === 'qmigrate' && task.exitstatus === 'OK')).toBe(true);
});

test('needs Sys.PowerMgmt, which hardly any role holds', () => {
  const world = smallWorld();
  const token = tokenWith(world, { '/': 'PVEAdmin' });
  expect(ask(world, 'POST', '/nodes/pve1/status', { command: 'reboot' }, { token }).message).toBe(
    'Permission check failed (/nodes/pve1, Sys.PowerMgmt)',
  );
  expect(ask(world, 'POST', '/nodes/pve1/status', { command: 'explode' }).status).toBe(400);
});
