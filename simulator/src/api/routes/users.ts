import { newUser, ROOT, USER_ID, type User, userIdOf } from '../../access/identity.ts';
import { die, forbidden, notAllowed, wrongParameters } from '../errors.ts';
import { type Call, holds, type Route, route } from '../route.ts';
import { userAt } from '../user-at.ts';
import { information, tokensOf } from './tokens.ts';

/** The realms of a fresh installation. */
const REALMS = ['pam', 'pve'];
const ABOUT = ['comment', 'email', 'firstname', 'lastname', 'keys'];

export const userRoutes: Route[] = [
  route('GET', '/access/users', null, (call) => ({ data: list(call) })),
  {
    ...route('POST', '/access/users', null, (call) => ({ data: create(call) })),
    guard: (call, raw) => mayAllocate(call, String(raw.get('userid') ?? '')),
  },
  {
    ...route('GET', '/access/users/{userid}', null, (call) => ({ data: read(call) })),
    guard: (call) => mayManage(call, 'User.Modify', 'Sys.Audit'),
  },
  {
    ...route('PUT', '/access/users/{userid}', null, (call) => ({ data: update(call) })),
    guard: (call) => mayManage(call, 'User.Modify'),
  },
  {
    ...route('DELETE', '/access/users/{userid}', null, (call) => ({ data: remove(call) })),
    guard: (call) => {
      mayAllocate(call, call.path.userid ?? '');
      mayManage(call, 'User.Modify');
    },
  },
];

/** Oneself always; all others with a right over all groups. */
function list(call: Call) {
  const { world, values, who } = call;
  const all = holds(call, '/access/groups', 'User.Modify', 'Sys.Audit');
  return [...world.users.values()]
    .filter((user) => all || user.id === who.id || user.id === userIdOf(who.id))
    .filter((user) => values.enabled === undefined || user.enabled === (values.enabled === 1))
    .map((user) => ({
      userid: user.id,
      ...shown(user),
      ...(values.full === 1 ? { groups: '', tokens: tokenRows(call, user) } : {}),
      ...realmType(user),
    }));
}

function read(call: Call) {
  const user = userAt(call);
  const tokens = tokensOf(call.world, user.id).map((token) => [token.id.slice(user.id.length + 1), information(token)]);
  return { ...shown(user), groups: [], tokens: Object.fromEntries(tokens) };
}

function create({ world, values }: Call): null {
  const id = String(values.userid);
  const realm = id.split('@')[1] ?? '';
  if (world.users.has(id)) die(`create user failed: user '${id}' already exists`);
  if (values.password !== undefined && !REALMS.includes(realm)) {
    die(`create user failed: auth domain '${realm}' does not exist`);
  }
  refuseGroups(values.groups, 'create');
  const user = newUser(id, {
    password: values.password === undefined ? null : String(values.password),
    enabled: values.enable !== 0,
    expireS: Number(values.expire ?? 0),
  });
  describe(user, values);
  world.users.set(id, user);
  return null;
}

function update(call: Call): null {
  const { values, world } = call;
  const user = userAt(call);
  refuseGroups(values.groups, 'update');
  if (values.enable !== undefined) user.enabled = values.enable === 1;
  if (values.expire !== undefined) user.expireS = Number(values.expire);
  describe(user, values);
  world.revision += 1;
  return null;
}

/** With its tokens and its entries in the ACL. */
function remove(call: Call): null {
  const user = userAt(call);
  if (user.id === ROOT) wrongParameters({ userid: 'the simulator keeps root@pam' });
  for (const token of tokensOf(call.world, user.id)) call.world.tokens.delete(token.id);
  call.world.users.delete(user.id);
  return null;
}

function mayAllocate(call: Call, id: string): void {
  if (call.who.id === ROOT) return;
  if (!USER_ID.test(id)) die(`value '${id}' does not look like a valid user name`);
  const realm = `/access/realm/${id.split('@')[1]}`;
  if (!holds(call, realm, 'Realm.AllocateUser')) forbidden(realm, ['Realm.AllocateUser']);
  if (!holds(call, '/access/groups', 'User.Modify')) forbidden('/access/groups', ['User.Modify']);
}

function mayManage(call: Call, ...privileges: string[]): void {
  if (call.who.id === ROOT) return;
  const id = call.path.userid ?? '';
  if (!call.world.users.has(id)) die(`no such user ('${id}')`);
  if (!holds(call, '/access/groups', ...privileges)) notAllowed();
}

function describe(user: User, values: Call['values']): void {
  for (const key of ABOUT) {
    const value = values[key];
    if (value !== undefined) user.about.set(key, String(value));
  }
}

function refuseGroups(groups: string | number | undefined, action: string): void {
  if (groups !== undefined && groups !== '') die(`${action} user failed: no such group '${groups}'`);
}

function shown(user: User) {
  return { enable: user.enabled ? 1 : 0, expire: user.expireS, email: '', ...Object.fromEntries(user.about) };
}

function tokenRows({ world }: Call, user: User) {
  return tokensOf(world, user.id).map((token) => ({
    tokenid: token.id.slice(user.id.length + 1),
    ...information(token),
  }));
}

function realmType(user: User) {
  const realm = user.id.split('@')[1] ?? '';
  return REALMS.includes(realm) ? { 'realm-type': realm } : {};
}
