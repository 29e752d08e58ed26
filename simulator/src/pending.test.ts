import { describe, expect, test } from 'vitest';
import { ask, rowsOf } from '../test/ask.ts';
import { guestIn, smallWorld } from '../test/small-cluster.ts';
import type { World } from './world.ts';

const CONFIG = '/nodes/pve1/qemu/100/config';
const STOPPED = '/nodes/pve1/qemu/105/config';
const CONTAINER = '/nodes/pve1/lxc/201/config';
type Row = Record<string, unknown>;

const resource = (world: World, vmid: number): Row =>
  rowsOf(ask(world, 'GET', '/cluster/resources?type=vm')).find((row) => row.vmid === vmid) ?? {};

describe('cores and memory', () => {
  test('of a running VM wait for its next start, and a migration is none', () => {
    const world = smallWorld();
    ask(world, 'PUT', CONFIG, { cores: 4, memory: '8192' });
    expect(ask(world, 'GET', CONFIG).data).toMatchObject({ cores: 4, memory: '8192' });
    expect(ask(world, 'GET', `${CONFIG}?current=1`).data).toMatchObject({ cores: 2, memory: '4096' });
    ask(world, 'POST', '/nodes/pve1/qemu/100/migrate', { target: 'pve2', online: 1 });
    world.clock.advance(60);
    expect(resource(world, 100)).toMatchObject({ node: 'pve2', maxcpu: 2, maxmem: 4 * 2 ** 30 });
    ask(world, 'POST', '/nodes/pve2/qemu/100/status/reboot');
    world.clock.advance(20);
    expect(resource(world, 100)).toMatchObject({ maxcpu: 4, maxmem: 8 * 2 ** 30 });
    expect(ask(world, 'GET', '/nodes/pve2/qemu/100/config?current=1').data).toMatchObject({ cores: 4 });
  });

  test('of a VM that is off change at once', () => {
    const world = smallWorld();
    ask(world, 'PUT', STOPPED, { cores: 6, sockets: 2 });
    expect(resource(world, 105)).toMatchObject({ maxcpu: 12 });
    ask(world, 'PUT', STOPPED, { delete: 'sockets' });
    expect(resource(world, 105)).toMatchObject({ maxcpu: 6 });
  });

  test('of a container change at once, and it goes on using as many cores as before', () => {
    const world = smallWorld();
    const used = () => Number(resource(world, 201).cpu) * Number(resource(world, 201).maxcpu);
    const node = () => Number((ask(world, 'GET', '/nodes/pve1/rrddata?timeframe=hour').data as Row[]).at(-1)?.cpu);
    const [before, onNode] = [used(), node()];
    ask(world, 'PUT', CONTAINER, { cores: 8, memory: 2048 });
    expect(resource(world, 201)).toMatchObject({ maxcpu: 8, maxmem: 2 ** 31 });
    world.clock.advance(120);
    expect(used()).toBeCloseTo(before, 3);
    expect(node()).toBeCloseTo(onNode, 2);
  });

  test('a pending change may be taken back, and shows in the digest', () => {
    const world = smallWorld();
    const digest = () => (ask(world, 'GET', CONFIG).data as Row).digest;
    const before = digest();
    ask(world, 'PUT', CONFIG, { cores: 4 });
    expect(digest()).not.toBe(before);
    ask(world, 'PUT', CONFIG, { cores: 2 });
    expect([digest(), guestIn(world, 100).pending.size]).toEqual([before, 0]);
  });
});

test.each([
  [CONFIG, { cores: 0 }, { cores: 'value must have a minimum value of 1' }],
  [
    CONFIG,
    { memory: '8' },
    { memory: 'invalid format - format error\ncurrent: value must have a minimum value of 16\n' },
  ],
  [
    CONFIG,
    { memory: 'much' },
    { memory: "invalid format - format error\ncurrent: type check ('integer') failed - got 'much'\n" },
  ],
  [CONFIG, { shares: 60_000 }, { shares: 'value must have a maximum value of 50000' }],
  [CONFIG, { bios: 'dos' }, { bios: "value 'dos' does not have a value in the enumeration 'seabios, ovmf'" }],
  [CONFIG, { name: 'a b' }, { name: 'invalid format - value does not look like a valid DNS name' }],
  [CONFIG, { serial0: 'x' }, { serial0: 'value does not match the regex pattern' }],
  [CONTAINER, { memory: 8 }, { memory: 'value must have a minimum value of 16' }],
  [CONTAINER, { cores: 9_000 }, { cores: 'value must have a maximum value of 8192' }],
  [CONTAINER, { swap: -1 }, { swap: 'value must have a minimum value of 0' }],
])('%s %j is out of range', (path, values, errors) => {
  const world = smallWorld();
  expect(ask(world, 'PUT', path, values)).toMatchObject({ status: 400, errors });
});

test.each([
  [{}, 'B;a;b', 'a;b'],
  [{ 'tag-style': 'ordering=config' }, 'b;a', 'b;a'],
  [{ 'tag-style': 'case-sensitive=1' }, 'B;a;b', 'B;a;b'],
])('tags with options %j: %s become %s', (options, given, stored) => {
  const world = smallWorld({ options });
  ask(world, 'PUT', CONFIG, { tags: given });
  expect((ask(world, 'GET', CONFIG).data as Row).tags).toBe(stored);
});
