import { KNOWN_PATHS, knownPrivileges, privilegesAt } from '../../access.ts';
import { RELEASES } from '../../pve-version.ts';
import { forbidden } from '../errors.ts';
import { type Call, holds, type Route, route } from '../route.ts';

export const accessRoutes: Route[] = [
  route('GET', '/version', null, ({ pve }) => {
    const { version, repoid } = RELEASES[pve];
    return { data: { version, release: pve, repoid } };
  }),
  route('GET', '/access/permissions', null, (call) => ({ data: permissions(call) })),
  route('GET', '/access/acl', null, (call) => ({ data: acl(call) })),
];

/** path -> privilege -> propagate flag. Held privileges only; paths without any are left out unless asked for. */
function permissions(call: Call) {
  const { world, token, values, pve } = call;
  const asked = values.userid === undefined ? token : world.tokens.get(String(values.userid));
  if (!asked || (asked !== token && !holds(call, '/access', 'Sys.Audit'))) forbidden('/access', ['Sys.Audit']);
  const known = knownPrivileges(pve);
  const at = (path: string) => {
    const held: Record<string, number> = {};
    for (const [privilege, propagate] of privilegesAt(world, asked, path, pve)) {
      if (known.has(privilege)) held[privilege] = propagate ? 1 : 0;
    }
    return held;
  };
  if (values.path !== undefined) return { [values.path]: at(String(values.path)) };
  const found: Record<string, Record<string, number>> = {};
  for (const path of new Set([...KNOWN_PATHS, ...asked.acl.map((entry) => entry.path)])) {
    const held = at(path);
    if (Object.keys(held).length > 0) found[path] = held;
  }
  return found;
}

/** Rows the caller may change; with nothing but its own rights a token sees its own entries. */
function acl(call: Call) {
  const all = holds(call, '/access', 'Permissions.Modify') || holds(call, '/access', 'Sys.Audit');
  const tokens = all ? [...call.world.tokens.values()] : [call.token];
  return tokens.flatMap((token) =>
    token.acl.map((entry) => ({
      path: entry.path,
      type: 'token',
      ugid: token.id,
      roleid: entry.role,
      propagate: entry.propagate ? 1 : 0,
    })),
  );
}
