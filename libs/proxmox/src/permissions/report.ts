import type { Permissions } from '../decode/cluster.ts';
import { grantCommand } from './grant.ts';
import { holds, holdsBelow } from './holds.ts';
import { NEEDS, type Need, type ProductFunction } from './needs.ts';

export type PermissionCheck = Need & {
  held: boolean;
  /** Paths below where it is the other way round: guests of a pool that may be moved when the rest may not */
  exceptions: string[];
  /** For a shell on a Proxmox node; null when held */
  grant: string | null;
};

export type FunctionReport = {
  function: ProductFunction;
  /** The product cannot work without */
  required: boolean;
  /** All of its checks are */
  held: boolean;
  checks: PermissionCheck[];
};

/**
 * What the product may do, function by function. `permissions`: the whole list of `subject`, a token (`user@realm!name`) or,
 * for one without privilege separation, its user. A separated token never has more than its user has, whatever it is given.
 */
export const permissionReport = (permissions: Permissions, subject: string): FunctionReport[] =>
  functions.map((name) => {
    const { required, needs } = NEEDS[name];
    const checks = needs.map((need) => check(permissions, need, subject));
    return { function: name, required, held: checks.every(({ held }) => held), checks };
  });

const isFunction = (name: string): name is ProductFunction => Object.hasOwn(NEEDS, name);
const functions = Object.keys(NEEDS).filter(isFunction);

const check = (permissions: Permissions, need: Need, subject: string): PermissionCheck => {
  const { privilege, path } = need;
  const held = path === '/' ? holds(permissions, privilege, path) : holdsBelow(permissions, privilege, path);
  const below = path === '/' ? [] : Object.keys(permissions).filter((other) => other.startsWith(`${path}/`));
  return {
    ...need,
    held,
    exceptions: below.filter((other) => holds(permissions, privilege, other) !== held).sort(),
    grant: held ? null : grantCommand(permissions, need, subject),
  };
};
