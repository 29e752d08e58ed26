import { z } from 'zod';
import { ClusterHealth, ClusterSnapshot, ClusterSummary, PveCrs } from '../cluster.ts';
import { Guest } from '../guest.ts';
import { route } from '../kit/route.ts';
import { Node } from '../node.ts';
import { Instant } from '../values.ts';
import { data, ok, proxmox } from './shapes.ts';

const clusterData = { tag: 'Cluster', role: 'viewer', errors: ['no-snapshot'] } as const;

export const Analyze = route('GET', '/api/analyze', {
  ...clusterData,
  summary: 'The whole snapshot: nodes, guests, metrics, trends',
  query: z.strictObject({
    fields: z.enum(['all', 'no-trends']).optional().describe('no-trends leaves the chart series of the nodes out'),
  }),
  reply: data(ClusterSnapshot),
});

export const GetClusterSummary = route('GET', '/api/cluster-summary', {
  ...clusterData,
  summary: 'Counts, health and resource totals',
  reply: data(
    z.object({
      collected_at: Instant,
      summary: ClusterSummary,
      cluster_health: ClusterHealth,
      pve_crs: PveCrs.nullable(),
      node_count: z.int(),
      guest_count: z.int(),
      totals: z.object({
        cpu_cores: z.number(),
        cpu_used_cores: z.number(),
        mem_gb: z.number(),
        mem_used_gb: z.number(),
        storage_gb: z.number(),
        storage_used_gb: z.number(),
      }),
    }),
  ),
});

export const GetNodesOnly = route('GET', '/api/nodes-only', {
  ...clusterData,
  summary: 'Nodes without guest details',
  reply: data(z.object({ nodes: z.record(z.string(), Node), collected_at: Instant })),
});

export const GetGuestsOnly = route('GET', '/api/guests-only', {
  ...clusterData,
  summary: 'Guests without node details',
  reply: data(z.object({ guests: z.record(z.string(), Guest), collected_at: Instant })),
});

export const PostRefresh = route('POST', '/api/refresh', {
  tag: 'Cluster',
  summary: 'Collect now; requests that come while a collection is due share it',
  role: 'operator',
  reply: ok({ message: z.string(), job_id: z.string() }),
  errors: proxmox,
});
