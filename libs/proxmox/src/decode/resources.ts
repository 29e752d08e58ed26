import { z } from 'zod';
import { amountOrNull, flag, list, number, numberOrNull, text, textOrNull } from './values.ts';

/*
 * `GET /cluster/resources`. Rows of other types (sdn, network, pool, …) are passed over; a row that cannot be read is
 * left out and named in `malformed`, so that one odd guest does not hide the cluster.
 */

const ResourceNode = z
  .object({
    node: text,
    status: text,
    uptime: numberOrNull,
    cpu: amountOrNull,
    maxcpu: numberOrNull,
    mem: amountOrNull,
    maxmem: numberOrNull,
    disk: amountOrNull,
    maxdisk: numberOrNull,
    hastate: textOrNull,
  })
  .transform((row) => ({
    name: row.node,
    /** `online`, `offline` or `unknown` */
    status: row.status,
    uptimeSeconds: row.uptime,
    /** 0 to 1 of all threads */
    cpuRatio: row.cpu,
    threads: row.maxcpu,
    memUsedBytes: row.mem,
    memTotalBytes: row.maxmem,
    rootUsedBytes: row.disk,
    rootTotalBytes: row.maxdisk,
    /** What the HA manager thinks of the node: online, maintenance, unknown, fence, gone */
    haState: row.hastate,
  }));

const ResourceGuest = z
  .object({
    vmid: number,
    type: z.enum(['qemu', 'lxc']),
    node: text,
    status: text,
    name: textOrNull,
    template: flag,
    uptime: numberOrNull,
    cpu: amountOrNull,
    maxcpu: numberOrNull,
    mem: amountOrNull,
    memhost: amountOrNull,
    maxmem: numberOrNull,
    disk: amountOrNull,
    maxdisk: numberOrNull,
    netin: amountOrNull,
    netout: amountOrNull,
    diskread: amountOrNull,
    diskwrite: amountOrNull,
    tags: list,
    pool: textOrNull,
    lock: textOrNull,
    hastate: textOrNull,
  })
  .transform((row) => ({
    vmid: row.vmid,
    kind: row.type,
    node: row.node,
    /** `running`, `stopped`, `paused`, … or `unknown`: no fresh statistics, the numbers are null */
    status: row.status,
    name: row.name,
    template: row.template,
    uptimeSeconds: row.uptime,
    /** 0 to 1 of the guest's own vCPUs */
    cpuRatio: row.cpu,
    vcpus: row.maxcpu,
    /** May be more than `memTotalBytes` (Proxmox VE 9) */
    memUsedBytes: row.mem,
    /** Taken on the host, overhead included (Proxmox VE 9, VMs) */
    memHostBytes: row.memhost,
    memTotalBytes: row.maxmem,
    /** Containers: used bytes of the root volume; VMs: always 0 */
    diskUsedBytes: row.disk,
    /** VMs: the boot disk only; may be 0 */
    diskTotalBytes: row.maxdisk,
    /** The four counters run since the guest's last start or live migration */
    netInBytes: row.netin,
    netOutBytes: row.netout,
    diskReadBytes: row.diskread,
    diskWrittenBytes: row.diskwrite,
    tags: row.tags,
    pool: row.pool,
    lock: row.lock,
    haState: row.hastate,
  }));

const ResourceStorage = z
  .object({
    storage: text,
    node: text,
    plugintype: textOrNull,
    status: text,
    shared: flag,
    content: list,
    disk: amountOrNull,
    maxdisk: numberOrNull,
  })
  .transform((row) => ({
    storage: row.storage,
    node: row.node,
    type: row.plugintype,
    /** `available` only says that a statistics message exists */
    status: row.status,
    shared: row.shared,
    content: row.content,
    usedBytes: row.disk,
    totalBytes: row.maxdisk,
  }));

export type ResourceNode = z.infer<typeof ResourceNode>;
export type ResourceGuest = z.infer<typeof ResourceGuest>;
/** One storage as one node sees it: a shared one appears once for every node. */
export type ResourceStorage = z.infer<typeof ResourceStorage>;
/** A row that could not be read: its id where it has one, and the first thing wrong with it. */
export type MalformedRow = { id: string; problem: string };

export type ClusterResources = {
  nodes: ResourceNode[];
  guests: ResourceGuest[];
  storages: ResourceStorage[];
  malformed: MalformedRow[];
};

/** The whole list. */
export const ClusterResources = z.array(z.unknown()).transform((rows): ClusterResources => {
  const found: ClusterResources = { nodes: [], guests: [], storages: [], malformed: [] };
  for (const row of rows) collect(found, row);
  return found;
});

const collect = (found: ClusterResources, row: unknown): void => {
  const type = typeof row === 'object' && row !== null && 'type' in row ? row.type : undefined;
  if (type === 'qemu' || type === 'lxc') add(found, found.guests, ResourceGuest, row);
  else if (type === 'node') add(found, found.nodes, ResourceNode, row);
  else if (type === 'storage') add(found, found.storages, ResourceStorage, row);
  else if (typeof type !== 'string') found.malformed.push({ id: idOf(row), problem: 'type: missing' });
};

const add = <T>(found: ClusterResources, rows: T[], shape: z.ZodType<T>, row: unknown): void => {
  const result = shape.safeParse(row);
  if (result.success) {
    rows.push(result.data);
    return;
  }
  const [issue] = result.error.issues;
  found.malformed.push({ id: idOf(row), problem: `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'unreadable'}` });
};

const idOf = (row: unknown): string =>
  typeof row === 'object' && row !== null && 'id' in row && typeof row.id === 'string' ? row.id : '(no id)';
