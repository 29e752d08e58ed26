import { Analyze, type ClusterSnapshot, GetClusterSummary, GetGuestsOnly, GetNodesOnly } from '@proxbalance/contracts';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../deps.ts';
import { endpoint, success } from '../http/endpoint.ts';
import { sendPrepared } from '../http/prepared.ts';
import { clusterTotals } from '../read-models/cluster-totals.ts';

/** The four views of the latest snapshot. Each is made once per snapshot, whoever asks. */
export function getCluster(server: FastifyInstance, { snapshots }: Deps): void {
  const view = (
    contract: typeof Analyze | typeof GetClusterSummary | typeof GetNodesOnly | typeof GetGuestsOnly,
    name: string,
    make: (snapshot: ClusterSnapshot) => object,
  ) =>
    endpoint(server, contract as typeof Analyze, ({ request, reply }) =>
      sendPrepared(
        request,
        reply,
        snapshots.prepared(name, (snapshot) => success({ data: make(snapshot) })),
      ),
    );
  view(Analyze, 'analyze', (snapshot) => snapshot);
  view(GetNodesOnly, 'nodes', ({ nodes, collected_at }) => ({ nodes, collected_at }));
  view(GetGuestsOnly, 'guests', ({ guests, collected_at }) => ({ guests, collected_at }));
  view(GetClusterSummary, 'summary', summarize);
}

function summarize(snapshot: ClusterSnapshot) {
  const { collected_at, summary, cluster_health, pve_crs } = snapshot;
  return {
    collected_at,
    summary,
    cluster_health,
    pve_crs,
    node_count: summary.total_nodes,
    guest_count: summary.total_guests,
    totals: clusterTotals(snapshot),
  };
}
