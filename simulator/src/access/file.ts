import { FieldReader, InputError, isFields } from '../fields.ts';
import { splitList } from '../lists.ts';
import type { World } from '../world.ts';
import { type AclEntry, newToken, newUser, ROOT, TOKEN_NAME, USER_ID, userIdOf } from './identity.ts';
import { ADMINISTRATOR } from './roles.ts';

/** `roles` (name -> privileges), `users` and `tokens` of the cluster file. */
export function readAccess(
  world: World,
  file: { users: unknown[]; tokens: unknown[]; roles: Record<string, unknown> },
): void {
  for (const [name, privileges] of Object.entries(file.roles)) {
    world.roles.set(name, new Set(splitList(String(privileges))));
  }
  for (const item of file.users) readUser(world, item);
  for (const item of file.tokens) readToken(world, item);
}

/** A token needs a user. One that nobody described may do everything, so that the token's own entries are what counts. */
export function ensureUser(world: World, id: string): void {
  if (world.users.has(id)) return;
  const acl = id === ROOT ? [] : [{ path: '/', role: ADMINISTRATOR, propagate: true }];
  world.users.set(id, newUser(id, { acl }));
}

function readUser(world: World, item: unknown): void {
  const entry = new FieldReader(item, 'user');
  const id = entry.text('id');
  if (!USER_ID.test(id)) throw new InputError(`user '${id}' is not of the form name@realm`);
  const user = newUser(id, {
    password: entry.has('password') ? entry.text('password') : null,
    enabled: entry.flag('enable', true),
    expireS: entry.integer('expire', 0),
    acl: readAcl(entry),
  });
  if (entry.has('comment')) user.about.set('comment', entry.text('comment'));
  entry.refuseUnknown();
  world.users.set(id, user);
}

function readToken(world: World, item: unknown): void {
  const entry = new FieldReader(item, 'token');
  const id = entry.text('id');
  const name = id.slice(userIdOf(id).length + 1);
  if (!USER_ID.test(userIdOf(id)) || !TOKEN_NAME.test(name)) {
    throw new InputError(`token '${id}' is not of the form user@realm!name`);
  }
  const token = newToken(id, entry.text('secret'), {
    expireS: entry.integer('expire', 0),
    privsep: entry.flag('privsep', true),
    comment: entry.has('comment') ? entry.text('comment') : null,
    acl: readAcl(entry),
  });
  ensureUser(world, userIdOf(id));
  world.tokens.set(id, token);
}

/** `"roles": {"/": "PVEAuditor"}`; a role may also be a list or `{"role": …, "propagate": 0}`. */
function readAcl(entry: FieldReader): AclEntry[] {
  return Object.entries(entry.fields('roles')).flatMap(([path, role]) => readGrants(path, role));
}

function readGrants(path: string, value: unknown): AclEntry[] {
  if (Array.isArray(value)) return value.flatMap((item) => readGrants(path, item));
  if (isFields(value)) {
    const entry = new FieldReader(value, `roles.${path}`);
    return [{ path, role: entry.text('role'), propagate: entry.flag('propagate', true) }];
  }
  return String(value)
    .split(',')
    .map((role) => ({ path, role: role.trim(), propagate: true }));
}
