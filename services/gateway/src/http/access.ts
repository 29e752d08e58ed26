import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { isIP } from 'node:net';
import { RefusedError } from '@proxbalance/contracts';
import { ConfigError, type Kit } from '@proxbalance/service-kit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { GatewayEnv } from '../config.ts';
import { rememberLast } from './remember-last.ts';

/**
 * Who may ask. Bound to loopback and `auto`: everyone on this machine. Otherwise an API token is wanted, unless the
 * operator said `off` in so many words. Without a given token a first one is made, shown once, and only its hash is kept.
 */
export async function guardAccess(server: FastifyInstance, kit: Kit, config: GatewayEnv): Promise<void> {
  const { PROXBALANCE_AUTH: auth, PROXBALANCE_HOST: host } = config;
  if (auth === 'off' || (auth === 'auto' && isLoopback(host))) {
    const isLocal = rememberLast(isCalledLocally);
    server.addHook('onRequest', (request, _reply, done) => {
      const isTrusted = auth === 'off' || isLocal(request.headers.host);
      if (!isTrusted && request.routeOptions.config.role) return done(new RefusedError('forbidden', notLocal));
      if (isFromOtherSite(request)) return done(new RefusedError('forbidden', 'requests from other sites are refused'));
      if (isTrusted) request.actor = 'local';
      done();
    });
    return;
  }
  const expected = await adminTokenHash(kit, config);
  server.addHook('onRequest', (request, _reply, done) => {
    const given = presentedToken(request);
    const isKnown = given !== undefined && timingSafeEqual(hash(given), expected);
    if (!isKnown && request.routeOptions.config.role)
      return done(new RefusedError('not-authenticated', 'an API token is required: Authorization: Bearer <token>'));
    // What is open to everybody may still say more to who is known.
    if (isKnown) request.actor = 'admin token';
    done();
  });
}

const notLocal = 'open on this machine only: to be called by other names, set PROXBALANCE_AUTH to token or off';

export const isLoopback = (host: string): boolean => /^(127\.\d+\.\d+\.\d+|::1|localhost)$/i.test(host);

/**
 * Whether an open gateway is called by an address or as localhost. A page elsewhere can have its own name point to this
 * machine (DNS rebinding) and would then be of the same origin; it can't choose what `Host` says.
 */
export function isCalledLocally(host: string | undefined): boolean {
  if (host === undefined) return true;
  const name = URL.canParse(`http://${host}`) ? new URL(`http://${host}`).hostname : host;
  return /^(.+\.)?localhost$/i.test(name) || isIP(name.replace(/^\[|\]$/g, '')) !== 0;
}

type Caller = { method: string; headers: IncomingHttpHeaders };

/** An open gateway must not be driven by a web page of another site that happens to be open in a browser here. */
export function isFromOtherSite({ method, headers }: Caller): boolean {
  const { origin, host } = headers;
  if (method === 'GET' || method === 'HEAD' || !origin) return false;
  if (!URL.canParse(origin)) return true;
  const page = new URL(origin);
  // Written the same way, with or without a port that goes without saying.
  const own = `${page.protocol}//${host}`;
  return !host || !URL.canParse(own) || new URL(own).host !== page.host;
}

async function adminTokenHash(kit: Kit, config: GatewayEnv): Promise<Buffer> {
  if (config.PROXBALANCE_ADMIN_TOKEN) return hash(config.PROXBALANCE_ADMIN_TOKEN);
  const token = randomBytes(32).toString('base64url');
  const key = `${kit.keyPrefix}:admin-token`;
  const isFirst = await kit.redis.client.set(key, hash(token).toString('hex'), 'NX');
  if (isFirst) process.stderr.write(`\nFirst admin token, shown only now: ${token}\n\n`);
  const kept = await kit.redis.client.get(key);
  if (!kept) throw new ConfigError(['PROXBALANCE_ADMIN_TOKEN: set one, the generated token could not be stored']);
  return Buffer.from(kept, 'hex');
}

function presentedToken(request: FastifyRequest): string | undefined {
  const key = request.headers['x-api-key'];
  if (typeof key === 'string') return key;
  return /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
}

const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
