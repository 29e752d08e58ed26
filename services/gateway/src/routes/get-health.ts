import { type ClusterProblem, GetHealth } from '@proxbalance/contracts';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../deps.ts';
import { endpoint } from '../http/endpoint.ts';
import { problemsOf } from '../read-models/problems.ts';
import { isConfigured } from '../settings/is-configured.ts';

export const getHealth = (server: FastifyInstance, { kit, snapshots, lastFailure }: Deps) =>
  endpoint(server, GetHealth, async ({ actor }) => {
    const { ready, dependencies } = await kit.health.read();
    const settings = kit.settings.current();
    const snapshot = snapshots.peek();
    const configured = isConfigured(settings);
    const problems = configured
      ? problemsOf({
          snapshot,
          failure: lastFailure(),
          liveIntervalSeconds: settings.live_interval_seconds,
          nowMs: Date.now(),
        })
      : [];
    return {
      status: 'ok' as const,
      timestamp: new Date().toISOString(),
      version: { version: kit.version },
      cache_available: snapshot !== null,
      cache_age: snapshot?.collected_at ?? null,
      ready,
      dependencies,
      problems: actor === 'anonymous' ? problems.map(withoutDetail) : problems,
      proxmox: {
        configured,
        tls: settings.proxmox_host === '' ? null : tlsMode(settings),
        from_environment: 'proxmox_host' in kit.settings.fromEnvironment,
      },
    };
  });

/** Names and addresses are not for everybody. */
const withoutDetail = (problem: ClusterProblem): ClusterProblem => ({ ...problem, detail: null });

function tlsMode(settings: { proxmox_fingerprints: string[]; proxmox_verify_ssl: boolean }): string {
  if (settings.proxmox_fingerprints.length > 0) return 'pinned';
  return settings.proxmox_verify_ssl ? 'verified' : 'insecure';
}
