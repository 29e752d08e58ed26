import { GetHealth } from '@proxbalance/contracts';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../deps.ts';
import { endpoint } from '../http/endpoint.ts';

export const getHealth = (server: FastifyInstance, { kit, snapshots }: Deps) =>
  endpoint(server, GetHealth, async () => {
    const { ready, dependencies } = await kit.health.read();
    const settings = kit.settings.current();
    const snapshot = snapshots.peek();
    return {
      status: 'ok' as const,
      timestamp: new Date().toISOString(),
      version: { version: kit.version },
      cache_available: snapshot !== null,
      cache_age: snapshot?.collected_at ?? null,
      ready,
      dependencies,
      proxmox: {
        configured: settings.proxmox_host !== '' && settings.proxmox_api_token_id !== '',
        tls: settings.proxmox_host === '' ? null : tlsMode(settings),
        from_environment: 'proxmox_host' in kit.settings.fromEnvironment,
      },
    };
  });

function tlsMode(settings: { proxmox_fingerprints: string[]; proxmox_verify_ssl: boolean }): string {
  if (settings.proxmox_fingerprints.length > 0) return 'pinned';
  return settings.proxmox_verify_ssl ? 'verified' : 'insecure';
}
