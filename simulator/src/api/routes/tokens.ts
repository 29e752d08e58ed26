import { randomUUID } from 'node:crypto';
import { newToken, ROOT, type Token, userIdOf } from '../../access/identity.ts';
import { splitList } from '../../lists.ts';
import type { World } from '../../world.ts';
import { die, notAllowed, wrongParameters } from '../errors.ts';
import { type Call, holds, type Route, route } from '../route.ts';
import { userAt } from '../user-at.ts';

const BASE = '/access/users/{userid}/token';

export const tokenRoutes: Route[] = [
  ['GET', BASE, list] as const,
  ['GET', `${BASE}/{tokenid}`, (call: Call) => information(tokenIn(call))] as const,
  ['POST', `${BASE}/{tokenid}`, create] as const,
  ['PUT', `${BASE}/{tokenid}`, update] as const,
  ['DELETE', `${BASE}/{tokenid}`, remove] as const,
].map(([method, path, handle]) => ({
  ...route(method, path, null, (call) => ({ data: handle(call) })),
  guard: ownOrManaged,
}));

export function tokensOf(world: World, userId: string): Token[] {
  return [...world.tokens.values()].filter((token) => userIdOf(token.id) === userId);
}

export function information(token: Token) {
  return {
    expire: token.expireS,
    privsep: token.privsep ? 1 : 0,
    ...(token.comment === null ? {} : { comment: token.comment }),
  };
}

/** One's own tokens, but a token is never the user itself; else User.Modify over all groups. */
function ownOrManaged(call: Call): void {
  if (call.who.id === ROOT) return;
  const user = call.world.users.get(call.path.userid ?? '');
  if (user && (user.id === call.who.id || holds(call, '/access/groups', 'User.Modify'))) return;
  notAllowed();
}

function list(call: Call) {
  const user = userAt(call);
  return tokensOf(call.world, user.id).map((token) => ({
    tokenid: token.id.slice(user.id.length + 1),
    ...information(token),
  }));
}

/** The value is shown this once. What was given comes back as text. */
function create(call: Call) {
  const { world, values } = call;
  const id = `${userAt(call).id}!${values.tokenid}`;
  if (world.tokens.has(id)) wrongParameters({ tokenid: 'Token already exists.' });
  const secret = randomUUID();
  const token = newToken(id, secret, {
    privsep: values.privsep !== 0,
    expireS: Number(values.expire ?? 0),
    comment: values.comment === undefined || values.comment === '' ? null : String(values.comment),
  });
  world.tokens.set(id, token);
  const info = {
    privsep: token.privsep ? '1' : '0',
    ...(values.expire === undefined ? {} : { expire: String(values.expire) }),
    ...(token.comment === null ? {} : { comment: token.comment }),
  };
  return { 'full-tokenid': id, info, value: secret };
}

function update(call: Call) {
  const { world, values } = call;
  const token = tokenIn(call);
  const deleted = splitList(String(values.delete ?? ''));
  if (deleted.includes('comment')) token.comment = null;
  if (deleted.includes('expire')) token.expireS = 0;
  if (deleted.includes('privsep')) token.privsep = true;
  if (values.expire !== undefined) token.expireS = Number(values.expire);
  if (values.privsep !== undefined) token.privsep = values.privsep === 1;
  if (values.comment !== undefined && values.comment !== '') token.comment = String(values.comment);
  world.revision += 1;
  return information(token);
}

function remove(call: Call): null {
  call.world.tokens.delete(tokenIn(call).id);
  return null;
}

function tokenIn(call: Call): Token {
  const user = userAt(call);
  const token = call.world.tokens.get(`${user.id}!${call.values.tokenid}`);
  return token ?? die(`no such token '${call.values.tokenid}' for user '${user.id}'`);
}
