import { expect, test } from 'vitest';
import { ask, rowsOf } from '../test/ask.ts';
import { guest, SMALL_CLUSTER, smallWorld } from '../test/small-cluster.ts';
import { editGuest } from './control/edit-guest.ts';
import { addFault, removeFault } from './faults.ts';
import { seededRandom } from './noise.ts';
import type { Task } from './tasks.ts';
import type { World } from './world.ts';

const HOURS = 10;
const CHUNK_S = 30;
const MIGRATIONS = ['qmigrate', 'vzmigrate'];

test.each([1, 2])(
  'ten hours of moves and mishaps leave the world in order (seed %i)',
  (seed) => {
    const world = busyWorld();
    const random = seededRandom(seed);
    const disksBytes = diskBytesOf(world);
    for (let passedS = 0; passedS < HOURS * 3600; passedS += CHUNK_S) {
      disturb(world, random);
      for (let count = 0; count < 3; count += 1) act(world, random);
      world.clock.advance(CHUNK_S);
      check(world);
      if (passedS % 600 === 0) checkMemory(world, disksBytes);
    }
    for (const id of [...world.faults.keys()]) removeFault(world, id);
    world.clock.advance(3600);
    check(world);
    checkMemory(world, disksBytes);
    expect(running(world)).toEqual([]);
    expect([...world.ha.values()].filter(({ crmState }) => !['started', 'stopped'].includes(crmState))).toEqual([]);
    expect([...world.nodes.values()].map((node) => [node.downSinceMs, node.streams.size])).toEqual([
      [null, 0],
      [null, 0],
      [null, 0],
    ]);
    expect(world.tasks.size).toBeGreaterThan(500);
  },
  60_000,
);

test('a migration that hangs for a day keeps a log of bearable length', () => {
  const world = smallWorld();
  addFault(world, { kind: 'migration-stalls', vmid: 100 });
  ask(world, 'POST', '/nodes/pve1/qemu/100/migrate', { target: 'pve2', online: 1 });
  world.clock.advance(86_400);
  expect(running(world).map((task) => task.log.length)).toEqual([5_000]);
});

function busyWorld(): World {
  const local = [{ key: 'scsi0', storage: 'local-zfs', size_bytes: 6 * 2 ** 30 }];
  const more = [
    ...[120, 121, 122, 123].map((vmid) => guest(vmid, { node: 'pve2', disks: vmid % 2 === 0 ? local : undefined })),
    ...[130, 131, 132].map((vmid) => guest(vmid, { node: 'pve3', ha: 'started' })),
    guest(220, { type: 'lxc', node: 'pve2', ha: 'started', disks: [{ key: 'rootfs', storage: 'ceph1' }] }),
  ];
  return smallWorld({
    guests: [...SMALL_CLUSTER.guests, ...more],
    ha_rules: [{ rule: 'apart', type: 'resource-affinity', resources: 'vm:130,vm:131', affinity: 'negative' }],
  });
}

/** Now and then something breaks, for a while or until it has struck once. Somebody unlocks what a lost worker left locked. */
function disturb(world: World, random: () => number): void {
  const pick = <T>(items: T[]): T => items[Math.floor(random() * items.length)] as T;
  const vmid = pick([...world.guests.keys()]);
  const node = pick([...world.nodes.keys()]);
  const kinds = [
    { kind: 'node-down', node, for_s: 30 + random() * 400 },
    { kind: 'migration-fails', vmid, phase: pick(['prepare', 'phase1', 'phase2', 'phase3']), times: 1 },
    { kind: 'migration-stalls', vmid, for_s: 60 },
    { kind: 'target-dies', vmid, for_s: 200 },
    { kind: 'task-vanishes', vmid, for_s: 300 },
    { kind: 'storage-unavailable', storage: 'ceph1', node, for_s: 60 },
    { kind: 'lock', vmid, lock: 'backup', for_s: 90 },
    { kind: 'quorum-loss', for_s: 30 },
    { kind: 'rrd-gap', node, for_s: 60 },
  ];
  if (random() < 0.1) addFault(world, pick(kinds));
  if (random() < 0.05) {
    for (const found of world.guests.values()) {
      if (found.lock === 'migrate' && migrationsOf(world, found.vmid).length === 0)
        editGuest(world, found, { lock: null });
    }
  }
}

/** Somebody asks for something. Whether it is taken is not the point: it must never break anything. */
function act(world: World, random: () => number): void {
  const pick = <T>(items: T[]): T => items[Math.floor(random() * items.length)] as T;
  const { type, vmid, node } = pick([...world.guests.values()]);
  const base = `/nodes/${node}/${type}/${vmid}`;
  const target = pick([...world.nodes.keys()]);
  const how = type === 'qemu' ? { online: 1, 'with-local-disks': 1 } : { restart: 1 };
  const draw = random();
  if (draw < 0.7) ask(world, 'POST', `${base}/migrate`, { target, ...how });
  else if (draw < 0.8) ask(world, 'POST', `${base}/status/${pick(['start', 'stop', 'shutdown', 'reboot'])}`);
  else if (draw < 0.85) ask(world, 'POST', `/cluster/ha/resources/${vmid}/migrate`, { node: target });
  else if (draw < 0.9) ask(world, 'PUT', `${base}/config`, { cores: 1 + Math.floor(random() * 4) });
  else if (draw < 0.905) ask(world, 'POST', `/nodes/${target}/status`, { command: 'reboot' });
  else for (const task of running(world).slice(0, 1)) ask(world, 'DELETE', `/nodes/${task.node}/tasks/${task.upid}`);
}

function check(world: World): void {
  for (const found of world.guests.values()) {
    expect(world.nodes.has(found.node)).toBe(true);
    const migrations = migrationsOf(world, found.vmid);
    expect(migrations.length).toBeLessThan(2);
    // Left behind only by a worker that vanished: its node died, or the fault says so.
    if (found.lock === 'migrate' && migrations.length === 0) expect(hadVanished(world, found.vmid)).toBe(true);
  }
  const rows = rowsOf(ask(world, 'GET', '/cluster/resources?type=vm')).map((row) => row.vmid);
  expect([rows.length, new Set(rows).size]).toEqual([world.guests.size, world.guests.size]);
  for (const node of world.nodes.values()) {
    for (const vmid of node.streams) expect(migrationsOf(world, vmid)).toHaveLength(1);
  }
}

/** Nothing grows for ever, and what guests take from the storages is what they took at the beginning. */
function checkMemory(world: World, disksBytes: number): void {
  for (const found of world.guests.values())
    expect(Math.max(found.stretches.length, found.loads.length)).toBeLessThan(65);
  for (const node of world.nodes.values()) expect(node.gaps.length).toBeLessThan(201);
  expect(diskBytesOf(world)).toBe(disksBytes);
  expect(world.tasks.size).toBeLessThan(5_002);
  for (const task of world.tasks.values()) expect(task.log.length).toBeLessThan(5_100);
}

function running(world: World): Task[] {
  return [...world.tasks.values()].filter((task) => task.endMs === null);
}

function migrationsOf(world: World, vmid: number): Task[] {
  return running(world).filter((task) => task.id === String(vmid) && MIGRATIONS.includes(task.type));
}

function hadVanished(world: World, vmid: number): boolean {
  return [...world.tasks.values()].some((task) => task.id === String(vmid) && task.exitstatus === 'unexpected status');
}

/** What storages say is used, without what was there before the guests: the shared one once, local ones per node. */
function diskBytesOf(world: World): number {
  const faults = [...world.faults.entries()];
  world.faults.clear();
  let sum = 0;
  for (const [index, node] of [...world.nodes.values()].entries()) {
    const up = [...world.nodes.values()].find((entry) => entry.downSinceMs === null);
    const downSinceMs = node.downSinceMs;
    node.downSinceMs = null;
    for (const row of rowsOf(ask(world, 'GET', `/nodes/${node.name}/storage`, {}, { node: up?.name ?? node.name }))) {
      if (row.shared === 0 || index === 0) sum += Number(row.used);
    }
    node.downSinceMs = downSinceMs;
  }
  for (const [id, fault] of faults) world.faults.set(id, fault);
  return sum;
}
