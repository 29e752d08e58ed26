import { createHash } from 'node:crypto';
import { splitList } from '../../lists.ts';
import { storageRrd, type Timeframe } from '../../rrd.ts';
import { diskBytes, isActive, usageOf } from '../../storage-usage.ts';
import type { Node, NodeStorage, World } from '../../world.ts';
import { die } from '../errors.ts';
import { type Call, demand, holds, onNode, type Route, route } from '../route.ts';

export const storageRoutes: Route[] = [
  route('GET', '/storage', null, (call) => ({ data: definitions(call) })),
  onNode(route('GET', '/nodes/{node}/storage', null, (call) => ({ data: onThisNode(call) }))),
  onNode(
    route(
      'GET',
      '/nodes/{node}/storage/{storage}/rrddata',
      demand('/storage/{storage}', 'Datastore.Audit', 'Datastore.AllocateSpace'),
      (call) => {
        const storage = call.node.storages.get(String(call.values.storage));
        if (!storage) return die(`storage '${call.values.storage}' does not exist`);
        return { data: storageRrd(call.world, call.node, storage, call.values.timeframe as Timeframe, call.pve) };
      },
    ),
  ),
];

/** One row a definition; `nodes` only when the storage is not everywhere. */
function definitions(call: Call) {
  const { world, values } = call;
  const everywhere = world.nodes.size;
  const digest = createHash('sha1')
    .update([...byName(world).keys()].join('\n'))
    .digest('hex');
  return [...byName(world)]
    .filter(([name, { storage }]) => maySee(call, name) && (values.type === undefined || storage.type === values.type))
    .map(([name, { storage, nodes }]) => ({
      storage: name,
      type: storage.type,
      content: storage.content.join(','),
      digest,
      ...(nodes.length < everywhere ? { nodes: nodes.join(',') } : {}),
      ...(storage.shared ? { shared: 1 } : {}),
      ...(storage.enabled ? {} : { disable: 1 }),
      ...placeOf(storage),
    }));
}

function onThisNode(call: Call) {
  const { world, node, values } = call;
  const target = values.target === undefined ? null : world.nodes.get(String(values.target));
  if (target === undefined) die(`no such cluster node '${values.target}'`);
  const disks = diskBytes(world);
  const wanted = values.content === undefined ? null : splitList(String(values.content));
  return [...node.storages.values()]
    .filter((storage) => maySee(call, storage.storage))
    .filter((storage) => values.storage === undefined || storage.storage === values.storage)
    .filter((storage) => wanted === null || storage.content.some((kind) => wanted.includes(kind)))
    .filter((storage) => values.enabled !== 1 || storage.enabled)
    .filter((storage) => target === null || target.storages.has(storage.storage))
    .map((storage) => row(world, node, storage, disks));
}

/** What is not active has zeros, not its old size. */
function row(world: World, node: Node, storage: NodeStorage, disks: ReturnType<typeof diskBytes>) {
  const { totalBytes, usedBytes } = usageOf(world, node, storage, disks);
  return {
    storage: storage.storage,
    type: storage.type,
    content: storage.content.join(','),
    active: isActive(world, node, storage) ? 1 : 0,
    enabled: storage.enabled ? 1 : 0,
    shared: storage.shared ? 1 : 0,
    total: totalBytes,
    used: usedBytes,
    avail: totalBytes - usedBytes,
    used_fraction: totalBytes === 0 ? 0 : usedBytes / totalBytes,
  };
}

function byName(world: World): Map<string, { storage: NodeStorage; nodes: string[] }> {
  const found = new Map<string, { storage: NodeStorage; nodes: string[] }>();
  for (const node of world.nodes.values()) {
    for (const storage of node.storages.values()) {
      const entry = found.get(storage.storage) ?? { storage, nodes: [] };
      entry.nodes.push(node.name);
      found.set(storage.storage, entry);
    }
  }
  return found;
}

function placeOf(storage: NodeStorage): Record<string, string> {
  if (storage.type === 'rbd' || storage.type === 'zfspool')
    return { pool: storage.type === 'rbd' ? 'rbd' : 'rpool/data' };
  if (storage.type === 'lvmthin') return { thinpool: 'data', vgname: 'pve' };
  if (storage.type === 'lvm') return { vgname: 'pve' };
  if (storage.type === 'nfs')
    return { path: `/mnt/pve/${storage.storage}`, server: '10.0.0.5', export: `/export/${storage.storage}` };
  return { path: storage.storage === 'local' ? '/var/lib/vz' : `/mnt/${storage.storage}` };
}

function maySee(call: Call, storage: string): boolean {
  return holds(call, `/storage/${storage}`, 'Datastore.Audit', 'Datastore.AllocateSpace');
}
