import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { RefusedError } from '@proxbalance/contracts';
import { ConfigError, type Kit } from '@proxbalance/service-kit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { GatewayEnv } from '../config.ts';

const loopback = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/;

/**
 * Who may ask. Bound to loopback and `auto`: everyone who gets here. Otherwise an API token is wanted, unless the operator
 * said `off` in so many words. Without a given token a first one is made, shown once, and only its hash is kept.
 */
export async function guardAccess(server: FastifyInstance, kit: Kit, config: GatewayEnv): Promise<void> {
  const wanted = config.PROXBALANCE_AUTH === 'token' || (config.PROXBALANCE_AUTH === 'auto' && !loopback.test(config.PROXBALANCE_HOST));
  if (!wanted) {
    server.addHook('onRequest', async (request) => {
      refuseForeignPages(request);
      request.actor = 'local';
    });
    return;
  }
  const expected = await adminTokenHash(kit, config);
  server.addHook('onRequest', async (request) => {
    if (!request.routeOptions.config.role) return;
    const given = presentedToken(request);
    if (!given || !timingSafeEqual(hash(given), expected)) {
      throw new RefusedError('not-authenticated', 'an API token is required: Authorization: Bearer <token>');
    }
    request.actor = 'admin token';
  });
}

/** An open gateway on this machine must not be driven by a web page that happens to be open in a browser here. */
function refuseForeignPages(request: FastifyRequest): void {
  const { origin, host } = request.headers;
  if (request.method === 'GET' || request.method === 'HEAD' || !origin) return;
  if (!URL.canParse(origin) || new URL(origin).host !== host) throw new RefusedError('forbidden', 'requests from other sites are refused');
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
