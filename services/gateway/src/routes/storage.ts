import {
  type ClusterSnapshot,
  GetNodeStorage,
  type Node,
  PostStorageVerify,
  type StorageVerdict,
} from '@proxbalance/contracts';
import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { Deps } from '../deps.ts';
import { endpoint, success } from '../http/endpoint.ts';
import type { SnapshotModel } from '../read-models/snapshot.ts';
import { activeStorages, judgeStorage, type StoragePlan, unjudged } from '../read-models/storage-verdict.ts';

export function storageRoutes(server: FastifyInstance, { snapshots }: Deps): void {
  endpoint(server, GetNodeStorage, ({ params }) => {
    const node = snapshots.node(params.node);
    return success({ node: node.name, status: node.status, storage: activeStorages(node).map(inBytes) });
  });
  endpoint(server, PostStorageVerify, ({ body }) => {
    const { vmid, target_node, storage_map: map = {} } = body;
    const plan = { map, typeOf: typeOfStorage(snapshots.get()) };
    return success(
      vmid === undefined || target_node === undefined
        ? verifyMany(snapshots, body, plan)
        : verifyOne(snapshots, vmid, target_node, plan),
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

function verifyOne(snapshots: SnapshotModel, vmid: number, target_node: string, plan: StoragePlan) {
  const guest = snapshots.guest(vmid);
  const target = snapshots.node(target_node);
  const verdict = judgeStorage(guest, [target], plan);
  return {
    ...answerWith(guest.node, [target], [verdict]),
    vmid,
    target_node,
    compatible: verdict.compatible_targets.length > 0,
    required_storage: verdict.storage_volumes,
    missing_storage: verdict.incompatible_targets.flatMap((target) => target.missing_storage),
  };
}

type Question = z.output<NonNullable<typeof PostStorageVerify.body>>;

function verifyMany(snapshots: SnapshotModel, body: Question, plan: StoragePlan) {
  const { source_node = '', target_nodes = [], guests } = body;
  const source = snapshots.node(source_node);
  const targets = [...new Set(target_nodes)].map(snapshots.node);
  const known = new Map(snapshots.guests().map((guest) => [guest.vmid, guest]));
  const judge = (vmid: number): StorageVerdict => {
    const guest = known.get(vmid);
    if (!guest) return unjudged(vmid, targets, 'no such guest in the cluster');
    if (guest.node === source.name) return judgeStorage(guest, targets, plan);
    return unjudged(vmid, targets, `is on ${guest.node}, not on ${source.name}`);
  };
  const asked = guests ?? [...known.values()].filter(({ node }) => node === source.name).map(({ vmid }) => vmid);
  return answerWith(source.name, targets, [...new Set(asked)].map(judge));
}

/** A storage is of one type in the whole cluster. */
function typeOfStorage({ nodes }: ClusterSnapshot): StoragePlan['typeOf'] {
  const types = new Map(Object.values(nodes).flatMap((node) => node.storage.map((one) => [one.storage, one.type])));
  return (storage) => types.get(storage);
}

const answerWith = (source_node: string, targets: Node[], guests: StorageVerdict[]) => ({
  source_node,
  target_storage: Object.fromEntries(
    targets.map((target) => [target.name, activeStorages(target).map(({ storage }) => storage)]),
  ),
  guests,
});
