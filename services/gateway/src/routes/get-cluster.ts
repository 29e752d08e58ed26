import { Analyze, type ClusterSnapshot, GetClusterSummary, GetGuestsOnly, GetNodesOnly } from '@proxbalance/contracts';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../deps.ts';
import { preparedEndpoint, success } from '../http/endpoint.ts';
import { clusterTotals } from '../read-models/cluster-totals.ts';

type View = (snapshot: ClusterSnapshot) => object;

/** The views of the latest snapshot. Each is made once per snapshot, whoever asks. */
export function getCluster(server: FastifyInstance, { snapshots }: Deps): void {
  const prepared = (name: string, view: View) =>
    snapshots.prepared(name, (snapshot) => success({ data: view(snapshot) }));
  preparedEndpoint(server, Analyze, ({ query }) =>
    query.fields === 'no-trends' ? prepared('no trends', withoutTrends) : prepared('all', (snapshot) => snapshot),
  );
  preparedEndpoint(server, GetNodesOnly, () =>
    prepared('nodes', ({ nodes, collected_at }) => ({ nodes, collected_at })),
  );
  preparedEndpoint(server, GetGuestsOnly, () =>
    prepared('guests', ({ guests, collected_at }) => ({ guests, collected_at })),
  );
  preparedEndpoint(server, GetClusterSummary, () => prepared('summary', summarize));
}

const withoutTrends: View = (snapshot) => {
  const nodes = Object.entries(snapshot.nodes).map(([name, node]) => [
    name,
    { ...node, trend_data: { day: [], week: [] } },
  ]);
  return { ...snapshot, nodes: Object.fromEntries(nodes) };
};

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
