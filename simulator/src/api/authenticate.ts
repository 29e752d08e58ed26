import type { IncomingHttpHeaders } from 'node:http';
import { type Identity, type User, userIdOf } from '../access/identity.ts';
import { isCsrfToken, sameText, userOfTicket } from '../access/tickets.ts';
import { hasFault } from '../faults.ts';
import { type PveVersion, rank } from '../pve-version.ts';
import type { World } from '../world.ts';
import { ApiError } from './errors.ts';

/** Whoever the request comes from: a ticket in the cookie wins over a token. Throws 401 without a body, to be sent late. */
export function authenticate(world: World, method: string, headers: IncomingHttpHeaders, pve: PveVersion): Identity {
  if (hasFault(world, 'auth-revoked')) refuse('Authentication failed!');
  const authorization = decodeHeader(headers.authorization ?? '');
  const ticket = /(?:^|[\s;])PVEAuthCookie[= ]([^;]+)/.exec(`${decodeHeader(headers.cookie ?? '')}`)?.[1];
  const given = ticket ?? /^PVEAuthCookie[= ]([^;]+)/.exec(authorization)?.[1];
  if (given !== undefined) return byTicket(world, given, method, headers);
  const credentials = /^PVEAPIToken[= ]([^;]+)/.exec(authorization)?.[1];
  if (credentials === undefined) return refuse('No ticket');
  const problem = tokenProblem(world, credentials);
  // One text for every reason since pve-manager 9.1.5.
  if (problem !== null) refuse(rank(pve) >= 902 ? 'Authentication failed!' : problem);
  return tokenIn(world, credentials) ?? refuse('Authentication failed!');
}

/** Why a user may not come in; null: it may. */
export function userProblem(world: World, id: string): string | null {
  const user = world.users.get(id);
  if (!user) return `no such user ('${id}')`;
  if (!user.enabled) return `user '${id}' is disabled`;
  return isExpired(world, user.expireS) ? `user '${id}' access expired` : null;
}

function byTicket(world: World, ticket: string, method: string, headers: IncomingHttpHeaders): User {
  const id = userOfTicket(world, ticket.trim());
  const user = id === null ? undefined : world.users.get(id);
  if (!user) return refuse('permission denied - invalid PVE ticket');
  const problem = userProblem(world, user.id);
  if (problem !== null) refuse(problem);
  const csrf = String(headers.csrfpreventiontoken ?? '');
  if (method !== 'GET' && !isCsrfToken(world, user.id, csrf)) refuse('Permission denied - invalid csrf token');
  return user;
}

function tokenProblem(world: World, credentials: string): string | null {
  const id = tokenIdIn(credentials);
  const userId = userIdOf(id);
  if (userId === id) return 'no tokenid specified';
  const ofUser = userProblem(world, userId);
  if (ofUser !== null) return ofUser;
  const token = world.tokens.get(id);
  if (!token) return `no such token '${id.slice(userId.length + 1)}' for user '${userId}'`;
  if (isExpired(world, token.expireS)) return `token '${id.slice(userId.length + 1)}' access expired`;
  return sameText(token.secret, credentials.slice(id.length + 1)) ? null : 'invalid token value!';
}

function tokenIn(world: World, credentials: string) {
  return world.tokens.get(tokenIdIn(credentials));
}

/** The last `=` separates: ids may hold one. */
function tokenIdIn(credentials: string): string {
  return credentials.slice(0, Math.max(0, credentials.lastIndexOf('=')));
}

function isExpired(world: World, expireS: number): boolean {
  return expireS !== 0 && expireS * 1000 <= world.clock.nowMs();
}

function refuse(reason: string): never {
  throw new ApiError(401, reason, { empty: true, late: true });
}

function decodeHeader(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
