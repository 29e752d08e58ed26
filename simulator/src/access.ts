import type { PveVersion } from './pve-version.ts';
import { ADMINISTRATOR, privilegesOfRole } from './roles.ts';
import type { Token, World } from './world.ts';

/** privilege -> does it propagate to what is below. */
export type Privileges = Map<string, boolean>;

/** What the token holds at a path: the deepest entry on the way wins, pool rights are added to their members. */
export function privilegesAt(world: World, token: Token, path: string, pve: PveVersion): Privileges {
  const found = inherited(world, token, path, pve);
  const pool = poolOf(world, path);
  if (pool)
    for (const [privilege, propagate] of inherited(world, token, `/pool/${pool}`, pve)) found.set(privilege, propagate);
  return found;
}

export function can(world: World, token: Token, path: string, privileges: string[], pve: PveVersion): boolean {
  const held = privilegesAt(world, token, path, pve);
  return privileges.some((privilege) => held.has(privilege));
}

/** True when nothing but `/` matters for this token, so one answer fits every object. */
export function isUniform(token: Token): boolean {
  return token.acl.every((entry) => entry.path === '/' && entry.propagate);
}

/** The paths GET /access/permissions lists besides those of ACL entries. */
export const KNOWN_PATHS = ['/', '/access', '/access/groups', '/nodes', '/pool', '/sdn', '/storage', '/vms'];

export function knownPrivileges(pve: PveVersion): Set<string> {
  return privilegesOfRole(ADMINISTRATOR, pve, new Map());
}

function inherited(world: World, token: Token, path: string, pve: PveVersion): Privileges {
  let found: Privileges = new Map();
  for (const step of stepsTo(path)) {
    const entries = token.acl.filter((entry) => entry.path === step && (entry.propagate || step === path));
    if (entries.length === 0) continue;
    found = new Map();
    if (entries.some((entry) => entry.role === 'NoAccess')) continue;
    for (const entry of entries) {
      for (const privilege of privilegesOfRole(entry.role, pve, world.roles)) {
        found.set(privilege, entry.propagate || found.get(privilege) === true);
      }
    }
  }
  return found;
}

function stepsTo(path: string): string[] {
  const steps = ['/'];
  let current = '';
  for (const part of path.split('/').filter((name) => name !== '')) {
    current += `/${part}`;
    steps.push(current);
  }
  return steps;
}

function poolOf(world: World, path: string): string | null {
  if (world.pools.size === 0 || !path.startsWith('/vms/')) return null;
  return world.guests.get(Number(path.slice(5)))?.pool ?? null;
}
