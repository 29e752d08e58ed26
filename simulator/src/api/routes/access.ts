import { type AclEntry, type Identity, userIdOf } from '../../access/identity.ts';
import { KNOWN_PATHS, knownPrivileges, privilegesAt } from '../../access/privileges.ts';
import { isSpecialRole } from '../../access/roles.ts';
import { splitList } from '../../lists.ts';
import { RELEASES } from '../../pve-version.ts';
import type { World } from '../../world.ts';
import { die, forbidden, wrongParameters } from '../errors.ts';
import { type Call, holds, type Route, route } from '../route.ts';

export const accessRoutes: Route[] = [
  route('GET', '/version', null, ({ pve }) => {
    const { version, repoid } = RELEASES[pve];
    return { data: { version, release: pve, repoid } };
  }),
  route('GET', '/access/permissions', null, (call) => ({ data: permissions(call) })),
  route('GET', '/access/acl', null, (call) => ({ data: acl(call) })),
  {
    ...route('PUT', '/access/acl', null, (call) => ({ data: changeAcl(call) })),
    guard: (call, raw) => {
      const path = normalPath(String(raw.get('path') ?? ''));
      if (path !== null && !mayChangeAcl(call, path)) forbidden(path, changers(path));
    },
  },
];

/** path -> privilege -> propagate flag. Held privileges only; paths without any are left out unless asked for. */
function permissions(call: Call) {
  const { world, values, pve } = call;
  const asked = values.userid === undefined ? call.who : identityOf(call, String(values.userid));
  const known = knownPrivileges(pve);
  const at = (path: string) => {
    const held: Record<string, number> = {};
    for (const [privilege, propagate] of privilegesAt(world, asked, path, pve)) {
      if (known.has(privilege)) held[privilege] = propagate ? 1 : 0;
    }
    return held;
  };
  if (values.path !== undefined) {
    const path = normalPath(String(values.path));
    return path === null ? wrongParameters({ path: `not a valid path - ${values.path}` }) : { [path]: at(path) };
  }
  const found: Record<string, Record<string, number>> = {};
  for (const path of pathsToShow(world)) {
    const held = at(path);
    if (Object.keys(held).length > 0) found[path] = held;
  }
  return found;
}

/** One's own tokens need no right; everybody else needs Sys.Audit. */
function identityOf(call: Call, id: string): Identity {
  const { world } = call;
  if (id !== call.who.id && userIdOf(id) !== call.who.id && !holds(call, '/access', 'Sys.Audit')) {
    forbidden('/access', ['Sys.Audit']);
  }
  const user = world.users.get(userIdOf(id)) ?? die(`no such user ('${userIdOf(id)}')`);
  if (id === user.id) return user;
  const name = id.slice(user.id.length + 1);
  return world.tokens.get(id) ?? die(`no such token '${name}' for user '${user.id}'`);
}

function pathsToShow(world: World): Set<string> {
  const paths = new Set(KNOWN_PATHS);
  for (const who of [...world.users.values(), ...world.tokens.values()])
    for (const { path } of who.acl) paths.add(path);
  for (const guest of world.guests.values()) if (guest.pool !== null) paths.add(`/vms/${guest.vmid}`);
  return paths;
}

/** With Sys.Audit everything, else the entries one may change. */
function acl(call: Call) {
  const all = holds(call, '/access', 'Sys.Audit');
  const { users, tokens } = call.world;
  return [...users.values(), ...tokens.values()].flatMap((who) =>
    who.acl
      .filter(({ path }) => all || mayChangeAcl(call, path))
      .map(({ path, role, propagate }) => ({
        path,
        type: who.kind,
        ugid: who.id,
        roleid: role,
        propagate: propagate ? 1 : 0,
      })),
  );
}

function changeAcl({ world, values }: Call): null {
  const { users = '', tokens = '', groups = '' } = values;
  if (users === '' && tokens === '' && groups === '') {
    const text = "either 'users', 'groups' or 'tokens' is required.";
    wrongParameters({ users: text, groups: text, tokens: text });
  }
  const path = normalPath(String(values.path));
  const isValid = path !== null && (values.delete === 1 || ACL_PATH.test(path));
  if (path === null || !isValid) return wrongParameters({ path: `invalid ACL path '${values.path}'` });
  const failed = (reason: string) => die(`ACL update failed: ${reason}`);
  const roles = splitList(String(values.roles));
  const unknown = roles.find((role) => !isSpecialRole(role) && !world.roles.has(role));
  if (unknown !== undefined) failed(`role '${unknown}' does not exist`);
  const group = splitList(String(groups))[0];
  if (group !== undefined) failed(`group '${group}' does not exist`);
  const named = [
    ...splitList(String(users)).map((id) => world.users.get(id) ?? failed(`user '${id}' does not exist`)),
    ...splitList(String(tokens)).map(
      (id) =>
        world.tokens.get(id) ??
        failed(`no such token '${id.slice(userIdOf(id).length + 1)}' for user '${userIdOf(id)}'`),
    ),
  ];
  for (const who of named) {
    who.acl = who.acl.filter((entry) => entry.path !== path || !roles.includes(entry.role));
    if (values.delete === 1) continue;
    who.acl.push(...roles.map((role): AclEntry => ({ path, role, propagate: values.propagate !== 0 })));
  }
  world.revision += 1;
  return null;
}

const ACL_PATH =
  /^\/((access(\/(groups|realm)(\/[\w.-]+)?)?)?|(nodes|pool|storage|mapping)(\/[\w.-]+){0,2}|sdn(\/.*)?|vms(\/[1-9]\d{2,})?)$/;

/** Without double and trailing slashes; null: not a path at all. */
function normalPath(text: string): string | null {
  if (!/^\/?[\w./-]+$/.test(text) && text !== '/') return null;
  const plain = `/${text
    .split('/')
    .filter((part) => part !== '')
    .join('/')}`;
  return plain;
}

function mayChangeAcl(call: Call, path: string): boolean {
  return holds(call, path, ...changers(path));
}

/** Who owns what stands there may hand out rights on it. */
function changers(path: string): string[] {
  const owner = { storage: 'Datastore.Allocate', vms: 'VM.Allocate', pool: 'Pool.Allocate' }[
    /^\/(storage|vms|pool)\/./.exec(path)?.[1] ?? ''
  ];
  return owner === undefined ? ['Permissions.Modify'] : ['Permissions.Modify', owner];
}
