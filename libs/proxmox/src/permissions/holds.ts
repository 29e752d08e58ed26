import type { Permissions } from '../decode/cluster.ts';

/**
 * Paths that the list of permissions has whenever there is any right at them: missing means none. `/pool` is not among
 * them: older versions list `/pools` by mistake, where nothing is ever looked for.
 */
const ALWAYS_LISTED = ['/', '/access', '/access/groups', '/nodes', '/sdn', '/storage', '/vms'];

/**
 * Whether `permissions` (the whole list, not that of one path) give `privilege` at `path`: what stands at the path itself
 * decides; where nothing does, what the nearest path above hands down. A path with no rights at all is not listed by
 * Proxmox, so an entry that only takes rights away, on one guest say, cannot be seen.
 */
export const holds = (permissions: Permissions, privilege: string, path: string): boolean => {
  const own = rightsAt(permissions, path);
  if (own !== null) return Object.hasOwn(own, privilege);
  return path !== '/' && holdsBelow(permissions, privilege, parentOf(path));
};

/** Whether whatever lies below `path` is given `privilege` from there. */
export const holdsBelow = (permissions: Permissions, privilege: string, path: string): boolean =>
  inheritableAt(permissions, path).includes(privilege);

/** The privileges that `path` hands down. */
export const inheritableAt = (permissions: Permissions, path: string): string[] => {
  const own = rightsAt(permissions, path);
  if (own !== null) return Object.keys(own).filter((privilege) => own[privilege] === true);
  return path === '/' ? [] : inheritableAt(permissions, parentOf(path));
};

/** null: nothing is said about this very path. */
const rightsAt = (permissions: Permissions, path: string): Record<string, boolean> | null =>
  permissions[path] ?? (ALWAYS_LISTED.includes(path) ? {} : null);

const parentOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')));
