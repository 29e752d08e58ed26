import type { PveVersion } from '../pve-version.ts';
import type { World } from '../world.ts';
import { type AclEntry, type Identity, ROOT, userIdOf } from './identity.ts';
import { ADMINISTRATOR, privilegesOfRole } from './roles.ts';

/** privilege -> does it propagate to what is below. */
export type Privileges = Map<string, boolean>;

/** What somebody holds at a path. A token has its user's rights, cut down to its own entries unless privsep is off. */
export function privilegesAt(world: World, who: Identity, path: string, pve: PveVersion): Privileges {
  if (who.id === ROOT) return new Map([...knownPrivileges(pve)].map((privilege) => [privilege, true]));
  const own = fromEntries(world, who.acl, path, pve);
  if (who.kind === 'user') return own;
  const user = world.users.get(userIdOf(who.id));
  if (!user) return new Map();
  if (!who.privsep) return privilegesAt(world, user, path, pve);
  if (user.id === ROOT) return own;
  const users = privilegesAt(world, user, path, pve);
  const both = [...own].filter(([privilege]) => users.has(privilege));
  return new Map(both.map(([privilege, propagate]) => [privilege, propagate && users.get(privilege) === true]));
}

export function can(world: World, who: Identity, path: string, privileges: string[], pve: PveVersion): boolean {
  const held = privilegesAt(world, who, path, pve);
  return privileges.some((privilege) => held.has(privilege));
}

/** True when nothing but `/` matters for this identity, so one answer fits every object. */
export function isUniform(world: World, who: Identity): boolean {
  if (who.id === ROOT) return true;
  const user = who.kind === 'token' ? world.users.get(userIdOf(who.id)) : undefined;
  const acls = who.kind === 'token' && !who.privsep ? [] : [who.acl];
  if (user && user.id !== ROOT) acls.push(user.acl);
  return acls.every((acl) => acl.every((entry) => entry.path === '/' && entry.propagate));
}

/** The paths GET /access/permissions lists besides those of ACL entries and of pool members. */
export const KNOWN_PATHS = ['/', '/access', '/access/groups', '/nodes', '/pool', '/sdn', '/storage', '/vms'];

export function knownPrivileges(pve: PveVersion): Set<string> {
  return privilegesOfRole(ADMINISTRATOR, pve, new Map());
}

function fromEntries(world: World, acl: AclEntry[], path: string, pve: PveVersion): Privileges {
  const found: Privileges = new Map();
  for (const [role, propagate] of rolesAt(world, acl, path)) {
    for (const privilege of privilegesOfRole(role, pve, world.roles)) {
      found.set(privilege, propagate || found.get(privilege) === true);
    }
  }
  return found;
}

/** The deepest path on the way wins; roles on a pool are added to its members, without propagating; NoAccess beats both. */
function rolesAt(world: World, acl: AclEntry[], path: string): Map<string, boolean> {
  const found = inheritedRoles(acl, path);
  const pool = found.has('NoAccess') ? null : poolOf(world, path);
  if (pool === null) return found;
  const ofPool = inheritedRoles(acl, `/pool/${pool}`);
  if (ofPool.has('NoAccess')) return ofPool;
  for (const role of ofPool.keys()) if (!found.has(role)) found.set(role, false);
  return found;
}

function inheritedRoles(acl: AclEntry[], path: string): Map<string, boolean> {
  let found = new Map<string, boolean>();
  if (acl.length === 0) return found;
  for (const step of stepsTo(path)) {
    const entries = acl.filter((entry) => entry.path === step && (entry.propagate || step === path));
    if (entries.length > 0) found = new Map(entries.map(({ role, propagate }) => [role, propagate]));
  }
  return found.has('NoAccess') ? new Map([['NoAccess', false]]) : found;
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
