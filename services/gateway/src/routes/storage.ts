import { GetNodeStorage, type Node, PostStorageVerify, type StorageVerdict } from '@proxbalance/contracts';
import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { Deps } from '../deps.ts';
import { endpoint, success } from '../http/endpoint.ts';
import type { SnapshotModel } from '../read-models/snapshot.ts';
import { activeStorages, judgeStorage, unjudged } from '../read-models/storage-verdict.ts';

export function storageRoutes(server: FastifyInstance, { snapshots }: Deps): void {
  endpoint(server, GetNodeStorage, ({ params }) => {
    const node = snapshots.node(params.node);
    return success({ node: node.name, storage: activeStorages(node).map(inBytes) });
  });
  endpoint(server, PostStorageVerify, ({ body }) => {
    const { vmid, target_node } = body;
    return success(
      vmid === undefined || target_node === undefined
        ? verifyMany(snapshots, body)
        : verifyOne(snapshots, vmid, target_node),
    );
  });
}

const bytesIn = (gib: number): number => Math.round(gib * 2 ** 30);

const inBytes = ({ storage, type, content, avail_gb, used_gb, total_gb, shared }: Node['storage'][number]) => ({
  storage,
  type,
  content: content.split(',').filter((kind) => kind !== ''),
  available: bytesIn(avail_gb),
  used: bytesIn(used_gb),
  total: bytesIn(total_gb),
  shared: shared ? (1 as const) : (0 as const),
});

function verifyOne(snapshots: SnapshotModel, vmid: number, target_node: string) {
  const guest = snapshots.guest(vmid);
  const target = snapshots.node(target_node);
  const verdict = judgeStorage(guest, [target]);
  return {
    ...answerWith(guest.node, [target], [verdict]),
    vmid,
    target_node,
    compatible: verdict.compatible_targets.length > 0,
    required_storage: verdict.storage_volumes,
    missing_storage: verdict.incompatible_targets.flatMap((target) => target.missing_storage),
  };
}

function verifyMany(snapshots: SnapshotModel, body: z.output<NonNullable<typeof PostStorageVerify.body>>) {
  const { source_node = '', target_nodes = [], guests } = body;
  const source = snapshots.node(source_node);
  const targets = [...new Set(target_nodes)].map(snapshots.node);
  const known = new Map(snapshots.guests().map((guest) => [guest.vmid, guest]));
  const judge = (vmid: number): StorageVerdict => {
    const guest = known.get(vmid);
    if (!guest) return unjudged(vmid, targets, 'no such guest in the cluster');
    if (guest.node === source.name) return judgeStorage(guest, targets);
    return unjudged(vmid, targets, `is on ${guest.node}, not on ${source.name}`);
  };
  const asked = guests ?? [...known.values()].filter(({ node }) => node === source.name).map(({ vmid }) => vmid);
  return answerWith(source.name, targets, [...new Set(asked)].map(judge));
}

const answerWith = (source_node: string, targets: Node[], guests: StorageVerdict[]) => ({
  source_node,
  target_storage: Object.fromEntries(
    targets.map((target) => [target.name, activeStorages(target).map(({ storage }) => storage)]),
  ),
  guests,
});
