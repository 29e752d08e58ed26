import { Analyze, type ClusterSnapshot, GetClusterSummary, GetGuestsOnly, GetNodesOnly } from '@proxbalance/contracts';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../deps.ts';
import { endpoint } from '../http/endpoint.ts';
import { sendPrepared } from '../http/prepared.ts';

/** The four views of the latest snapshot. Each is made once per snapshot, whoever asks. */
export function getCluster(server: FastifyInstance, { snapshots }: Deps): void {
  const view = (contract: typeof Analyze | typeof GetClusterSummary | typeof GetNodesOnly | typeof GetGuestsOnly, name: string, make: (snapshot: ClusterSnapshot) => object) =>
    endpoint(server, contract as typeof Analyze, ({ request, reply }) =>
      sendPrepared(request, reply, snapshots.prepared(name, (snapshot) => ({ success: true, data: make(snapshot) }))),
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
    totals: totals(snapshot),
  };
}

/** Of nodes that are online. A shared storage counts once. */
function totals({ nodes }: ClusterSnapshot) {
  const online = Object.values(nodes).filter((node) => node.status === 'online');
  const sum = (read: (node: (typeof online)[number]) => number) => online.reduce((total, node) => total + read(node), 0);
  const storages = new Map(
    online.flatMap((node) => node.storage.map((storage) => [storage.shared ? storage.storage : `${node.name}/${storage.storage}`, storage])),
  );
  const storageSum = (read: (storage: { total_gb: number; used_gb: number }) => number) =>
    [...storages.values()].reduce((total, storage) => total + read(storage), 0);
  return {
    cpu_cores: sum((node) => node.cpu_cores),
    cpu_used_cores: round2(sum((node) => (node.cpu_cores * node.cpu_percent) / 100)),
    mem_gb: round2(sum((node) => node.total_mem_gb)),
    mem_used_gb: round2(sum((node) => (node.total_mem_gb * node.mem_percent) / 100)),
    storage_gb: round2(storageSum((storage) => storage.total_gb)),
    storage_used_gb: round2(storageSum((storage) => storage.used_gb)),
  };
}

const round2 = (value: number): number => Math.round(100 * value) / 100;
