import type { ClusterUsage } from './cluster-usage.ts';
import { isNine, type PveVersion } from './pve-version.ts';
import { isExpired, type Row } from './resources.ts';
import { diskBytes, usageOf } from './storage-usage.ts';
import { isUp, type World } from './world.ts';

/** One row a node and storage, shared ones included. */
export function storageRows(world: World): Row[] {
  const disks = diskBytes(world);
  return [...world.nodes.values()].flatMap((node) =>
    [...node.storages.values()].map((storage) => {
      const usage = usageOf(world, node, storage, disks);
      const row: Row = {
        id: `storage/${node.name}/${storage.storage}`,
        storage: storage.storage,
        node: node.name,
        type: 'storage',
        plugintype: storage.type,
        shared: storage.shared ? 1 : 0,
        content: storage.content.join(','),
        status: usage.active && !isExpired(world, node) ? 'available' : 'unknown',
      };
      return row.status === 'unknown' ? row : Object.assign(row, { disk: usage.usedBytes, maxdisk: usage.totalBytes });
    }),
  );
}

/** PVE 9 calls them network rows, PVE 8 sdn rows. */
export function networkRows(world: World, pve: PveVersion): Row[] {
  return [...world.nodes.values()].map((node) => {
    const status = isUp(node) ? 'ok' : 'unknown';
    if (!isNine(pve))
      return { id: `sdn/${node.name}/localnetwork`, sdn: 'localnetwork', node: node.name, type: 'sdn', status };
    return {
      id: `network/${node.name}/zone/localnetwork`,
      network: 'localnetwork',
      'network-type': 'zone',
      node: node.name,
      type: 'network',
      status,
    };
  });
}

/** A pool sums up its running members; its `cpu` is their mean, weighted by their vCPUs. */
export function poolRows(world: World, usage: ClusterUsage | null): Row[] {
  return [...world.pools.keys()].map((pool) => {
    const sum = { cpu: 0, maxcpu: 0, mem: 0, maxmem: 0, uptime: 0 };
    for (const guest of world.guests.values()) {
      const sample = guest.pool === pool ? usage?.guests.get(guest.vmid) : undefined;
      if (!sample?.running) continue;
      const cores = guest.cores * guest.sockets;
      sum.cpu = (sum.cpu * sum.maxcpu + sample.cpu * cores) / (sum.maxcpu + cores);
      sum.maxcpu += cores;
      sum.mem += sample.memBytes;
      sum.maxmem += guest.memBytes;
      sum.uptime = Math.max(sum.uptime, sample.uptimeS);
    }
    return { id: `/pool/${pool}`, pool, type: 'pool', ...(sum.maxcpu === 0 ? {} : sum) };
  });
}
