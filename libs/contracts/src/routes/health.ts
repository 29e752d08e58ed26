import { z } from 'zod';
import { ClusterProblem } from '../cluster.ts';
import { route } from '../kit/route.ts';
import { Instant } from '../values.ts';

export const GetHealth = route('GET', '/api/health', {
  tag: 'Health',
  summary: 'Whether the API serves, and what it can and cannot reach',
  role: null,
  reply: z.object({
    status: z.literal('ok'),
    timestamp: Instant,
    version: z.object({ version: z.string() }),
    cache_available: z.boolean().describe('A snapshot is there'),
    cache_age: Instant.nullable().describe('When the snapshot was taken'),
    ready: z.boolean(),
    dependencies: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.string() })),
    problems: z.array(ClusterProblem).describe('What is wrong with the cluster, as far as it is known; empty: nothing'),
    proxmox: z.object({ configured: z.boolean(), tls: z.string().nullable(), from_environment: z.boolean() }),
  }),
  errors: [],
});
