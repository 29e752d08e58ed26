import { ensureUser } from '../src/access/file.ts';
import { type Identity, newToken, type Token, userIdOf } from '../src/access/identity.ts';
import { ApiError } from '../src/api/errors.ts';
import { matchRoute, perform } from '../src/api/router.ts';
import type { World } from '../src/world.ts';

const ADMIN = newToken('root@pam!test', 'x', { acl: [{ path: '/', role: 'Administrator', propagate: true }] });

/** A token of a user who may do everything, so that the roles given here are what it has. */
export function tokenWith(world: World, roles: Record<string, string>): Token {
  const acl = Object.entries(roles).map(([path, role]) => ({ path, role, propagate: true }));
  const token = newToken('some@pve!body', 's', { acl });
  ensureUser(world, userIdOf(token.id));
  world.tokens.set(token.id, token);
  return token;
}

export interface Asked {
  status: number;
  data: unknown;
  total?: number;
  message?: string;
  errors?: Record<string, string> | null;
}

/** A request without a network: `ask(world, 'GET', '/cluster/status')`. The first node answers unless told otherwise. */
export function ask(
  world: World,
  method: string,
  target: string,
  parameters: Record<string, unknown> = {},
  options: { token?: Identity; node?: string } = {},
): Asked {
  const url = new URL(target, 'https://node');
  const segments = url.pathname.split('/').slice(1).map(decodeURIComponent);
  const match = matchRoute(method, segments);
  const answering = world.nodes.get(options.node ?? 'pve1');
  if (!match || !answering) return { status: 501, data: null };
  const raw = new Map<string, unknown>([...url.searchParams, ...Object.entries(parameters)]);
  try {
    const answer = perform(match, { world, who: options.token ?? ADMIN, answering, fingerprints: {} }, raw);
    const data = answer.ready ? JSON.parse(answer.ready.body.toString()).data : (answer.data ?? null);
    return { status: 200, data, ...(answer.total === undefined ? {} : { total: answer.total }) };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { status: error.status, data: null, message: error.message, errors: error.errors };
  }
}

export function rowsOf(asked: Asked): Record<string, unknown>[] {
  return asked.data as Record<string, unknown>[];
}
