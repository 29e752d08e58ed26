import { FieldReader, InputError, isFields } from './fields.ts';
import type { AclEntry, World } from './world.ts';

const TOKEN_ID = /^[^\s:/@!]+@[A-Za-z][A-Za-z0-9.\-_]+![A-Za-z][A-Za-z0-9.\-_]+$/;

/** `"roles": {"/": "PVEAuditor"}`; a role may also be a list or `{"role": …, "propagate": 0}`. */
export function readTokens(world: World, tokens: unknown[], roles: Record<string, unknown>): void {
  for (const [name, privileges] of Object.entries(roles)) {
    world.roles.set(
      name,
      new Set(
        String(privileges)
          .split(/[,; ]+/)
          .filter((part) => part !== ''),
      ),
    );
  }
  for (const item of tokens) {
    const entry = new FieldReader(item, 'token');
    const id = entry.text('id');
    if (!TOKEN_ID.test(id)) throw new InputError(`token '${id}' is not of the form user@realm!name`);
    const acl = Object.entries(entry.fields('roles')).flatMap(([path, role]) => readGrants(path, role));
    world.tokens.set(id, { id, secret: entry.text('secret'), expireS: entry.integer('expire', 0), acl });
  }
}

function readGrants(path: string, value: unknown): AclEntry[] {
  if (Array.isArray(value)) return value.flatMap((item) => readGrants(path, item));
  if (isFields(value)) {
    const entry = new FieldReader(value, `token.roles.${path}`);
    return [{ path, role: entry.text('role'), propagate: entry.flag('propagate', true) }];
  }
  return String(value)
    .split(',')
    .map((role) => ({ path, role: role.trim(), propagate: true }));
}
