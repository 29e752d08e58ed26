import type { ClusterSnapshot } from '@proxbalance/contracts';

/** Of nodes that are online. A shared storage counts once. */
export function clusterTotals({ nodes }: Pick<ClusterSnapshot, 'nodes'>) {
  const online = Object.values(nodes).filter((node) => node.status === 'online');
  const sum = (read: (node: (typeof online)[number]) => number) =>
    online.reduce((total, node) => total + read(node), 0);
  const storages = new Map(
    online.flatMap((node) =>
      node.storage.map((storage) => [storage.shared ? storage.storage : `${node.name}/${storage.storage}`, storage]),
    ),
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
