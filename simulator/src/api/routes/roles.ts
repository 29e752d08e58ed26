import { knownPrivileges } from '../../access/privileges.ts';
import { isSpecialRole, privilegesOfRole, roleNames } from '../../access/roles.ts';
import { splitList } from '../../lists.ts';
import { die, wrongParameters } from '../errors.ts';
import { type Call, demand, type Route, route } from '../route.ts';

const MODIFY = demand('/access', 'Sys.Modify');

export const roleRoutes: Route[] = [
  route('GET', '/access/roles', null, ({ world, pve }) => ({
    data: roleNames(world.roles).map((roleid) => ({
      roleid,
      privs: [...privilegesOfRole(roleid, pve, world.roles)].sort().join(','),
      special: isSpecialRole(roleid) ? 1 : 0,
    })),
  })),
  route('GET', '/access/roles/{roleid}', null, (call) => ({ data: readRole(call) })),
  route('POST', '/access/roles', MODIFY, ({ world, ...call }) => {
    const role = String(call.values.roleid);
    if (/^PVE/i.test(role)) {
      wrongParameters({ roleid: "cannot use role ID starting with the (case-insensitive) 'PVE' namespace" });
    }
    if (isSpecialRole(role) || world.roles.has(role)) die(`create role failed: role '${role}' already exists`);
    world.roles.set(role, new Set(privilegesIn({ world, ...call })));
    return { data: null };
  }),
  route('PUT', '/access/roles/{roleid}', MODIFY, (call) => {
    const before = changeable(call, 'update', 'modified');
    const kept = call.values.append === 1 ? [...before] : [];
    call.world.roles.set(String(call.values.roleid), new Set([...kept, ...privilegesIn(call)]));
    return { data: null };
  }),
  // Entries of the ACL that name it stay, and give nothing.
  route('DELETE', '/access/roles/{roleid}', MODIFY, (call) => {
    changeable(call, 'delete', 'deleted');
    call.world.roles.delete(String(call.values.roleid));
    return { data: null };
  }),
];

function readRole({ world, values, pve }: Call) {
  const role = String(values.roleid);
  if (!isSpecialRole(role) && !world.roles.has(role)) die(`role '${role}' does not exist`);
  return Object.fromEntries([...privilegesOfRole(role, pve, world.roles)].map((privilege) => [privilege, 1]));
}

function changeable({ world, values }: Call, action: string, done: string): Set<string> {
  const role = String(values.roleid);
  if (isSpecialRole(role)) die(`auto-generated role '${role}' cannot be ${done}`);
  return world.roles.get(role) ?? die(`${action} role failed: role '${role}' does not exist`);
}

function privilegesIn({ values, pve }: Call): string[] {
  const given = splitList(String(values.privs ?? ''));
  const known = knownPrivileges(pve);
  const wrong = given.find((privilege) => !known.has(privilege));
  if (wrong !== undefined) wrongParameters({ privs: `invalid format - invalid privilege '${wrong}'` });
  return given;
}
