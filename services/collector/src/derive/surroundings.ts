import type { Node } from '@proxbalance/contracts';
import type { Surroundings } from '@proxbalance/proxmox';
import { isStorageActive, nodeStatus } from './node.ts';
import type { Sample } from './snapshot.ts';

type Seen = Pick<Sample, 'resources' | 'status' | 'nodeFacts'>;

/** What holds for all guests of a node, by node. One that nobody lists is in no known state. */
export function surroundingsOf(seen: Seen): (node: string) => Surroundings {
  const states = nodeStates(seen);
  const down = new Set(
    seen.resources.value.storages
      .filter((row) => !isStorageActive(row, seen.nodeFacts.storages.get(row.node)?.get(row.storage)?.active))
      .map((row) => `${row.node} ${row.storage}`),
  );
  const types = new Map(seen.resources.value.storages.map((row) => [row.storage, row.type ?? undefined]));
  return (node) => ({
    nodeStatus: states.get(node) ?? 'unknown',
    quorate: seen.status?.value.quorate ?? null,
    isStorageDown: (storage) => down.has(`${node} ${storage}`),
    storageType: (storage) => types.get(storage),
  });
}

export const nodeStates = (seen: Pick<Seen, 'resources' | 'status'>): Map<string, Node['status']> => {
  const isOnline = onlineNodes(seen);
  return new Map(seen.resources.value.nodes.map((row) => [row.name, nodeStatus(row, isOnline.get(row.name))]));
};

/** What `/cluster/status` says; empty when it could not be read. */
export const onlineNodes = ({ status }: Pick<Seen, 'status'>): Map<string, boolean> =>
  new Map(status?.value.nodes.map((node) => [node.name, node.online]));
