import { randomBytes } from 'node:crypto';
import { readAccess } from './access/file.ts';
import { newUser, ROOT } from './access/identity.ts';
import { DEFAULT_PRIVILEGES, DEFAULT_ROLE } from './access/roles.ts';
import type { Clock } from './clock.ts';
import { FieldReader, InputError, isFields } from './fields.ts';
import { guestFromFile } from './guest-file.ts';
import { readHaRules } from './ha/rules-file.ts';
import { nodeFromFile } from './node-file.ts';
import { isPveVersion, type PveVersion } from './pve-version.ts';
import { discountDisks } from './storage-usage.ts';
import type { World } from './world.ts';

export interface WorldSettings {
  clock: Clock;
  seed: number;
  /** Beats the cluster file. */
  pve: PveVersion | null;
  /** Told about fields of the file that mean nothing here. */
  warn: (message: string) => void;
}

/** Builds the world from a cluster file (README.md shows the format). Everything but names, sizes and placement has a default. */
export function readWorld(file: unknown, settings: WorldSettings): World {
  const top = new FieldReader(file, 'cluster');
  const pve = settings.pve ?? versionIn(top);
  const world = emptyWorld(top, settings.clock);
  for (const [index, item] of top.list('nodes').entries()) {
    const node = nodeFromFile(item, { index, pve, seed: settings.seed, clock: settings.clock, warn: settings.warn });
    if (world.nodes.has(node.name)) throw new InputError(`node ${node.name} exists twice`);
    world.nodes.set(node.name, node);
  }
  if (world.nodes.size === 0) throw new InputError('cluster.nodes must name at least one node');
  for (const item of top.list('pools')) addPool(world, item);
  for (const item of top.list('guests')) addGuest(world, item, settings);
  discountDisks(world);
  readHaRules(world, top.list('ha_rules'), top.list('ha_groups'));
  readAccess(world, { users: top.list('users'), tokens: top.list('tokens'), roles: top.fields('roles') });
  const unknown = top.unknown();
  if (unknown.length > 0) settings.warn(`cluster: unknown field ${unknown.join(', ')}`);
  return world;
}

/** Adds one guest in the form of the cluster file; the control API uses it too. */
export function addGuest(world: World, item: unknown, settings: Pick<WorldSettings, 'seed' | 'warn'>): number {
  const { guest, service } = guestFromFile(world, item, settings);
  if (world.guests.has(guest.vmid)) throw new InputError(`guest ${guest.vmid} exists already`);
  if (!world.nodes.has(guest.node)) throw new InputError(`guest ${guest.vmid}: there is no node ${guest.node}`);
  world.guests.set(guest.vmid, guest);
  if (service) world.ha.set(service.sid, service);
  if (guest.pool && !world.pools.has(guest.pool)) world.pools.set(guest.pool, '');
  world.revision += 1;
  return guest.vmid;
}

function emptyWorld(top: FieldReader, clock: Clock): World {
  return {
    name: top.text('name', 'lab'),
    clock,
    quorate: top.flag('quorate', true),
    configVersion: 5,
    nodes: new Map(),
    guests: new Map(),
    ha: new Map(),
    rules: [],
    pools: new Map(),
    options: readOptions(top.fields('options')),
    roles: new Map([[DEFAULT_ROLE, new Set(DEFAULT_PRIVILEGES.split(' '))]]),
    users: new Map([[ROOT, newUser(ROOT)]]),
    tokens: new Map(),
    ticketKey: randomBytes(32).toString('hex'),
    tasks: new Map(),
    faults: new Map(),
    revision: 0,
    nextPid: 4_096,
  };
}

function versionIn(top: FieldReader): PveVersion {
  const text = top.text('pve', '9.2');
  if (!isPveVersion(text)) throw new InputError(`cluster.pve must be 9.2, 9.1, 9.0 or 8.4, not '${text}'`);
  return text;
}

/** Options are kept as Proxmox keeps them, as property strings; an object is written down as one. */
function readOptions(options: Record<string, unknown>): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(options)) {
    if (isFields(value))
      found.set(
        key,
        Object.entries(value)
          .map(([name, part]) => `${name}=${part}`)
          .join(','),
      );
    else if (Array.isArray(value)) found.set(key, value.join(';'));
    else found.set(key, String(value));
  }
  return found;
}

function addPool(world: World, item: unknown): void {
  const pool = typeof item === 'string' ? new FieldReader({ poolid: item }, 'pool') : new FieldReader(item, 'pool');
  world.pools.set(pool.text('poolid'), pool.text('comment', ''));
}
