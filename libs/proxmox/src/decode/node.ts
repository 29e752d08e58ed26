import { z } from 'zod';
import { amountOrNull, flag, list, number, numberOrNull, text, textOrNull } from './values.ts';

const NodeRow = z
  .object({ node: text, status: text, ssl_fingerprint: textOrNull, maxcpu: numberOrNull, maxmem: numberOrNull })
  .transform((row) => ({
    name: row.node,
    status: row.status,
    /** SHA-256 of the node's certificate, `AA:BB:…` */
    sslFingerprint: row.ssl_fingerprint,
    threads: row.maxcpu,
    memTotalBytes: row.maxmem,
  }));
export type ProxmoxNode = z.infer<typeof NodeRow>;
/** `GET /nodes`. */
export const Nodes = z.array(NodeRow);

const Space = z
  .object({ total: number, used: number, free: numberOrNull, available: numberOrNull, avail: numberOrNull })
  .transform((row) => ({
    totalBytes: row.total,
    usedBytes: row.used,
    freeBytes: row.free,
    /** Memory: what could be had without swapping (Proxmox VE 9); file system: what users may fill */
    availableBytes: row.available ?? row.avail,
  }));

/** `GET /nodes/{node}/status`. */
export const NodeStatus = z
  .object({
    uptime: number,
    cpu: number,
    wait: numberOrNull,
    loadavg: z.array(number),
    cpuinfo: z.object({ model: textOrNull, sockets: number, cores: number, cpus: number, flags: textOrNull }),
    memory: Space,
    swap: Space.nullish(),
    rootfs: Space,
    pveversion: textOrNull,
    kversion: textOrNull,
  })
  .transform((row) => ({
    uptimeSeconds: row.uptime,
    /** 0 to 1 of all threads */
    cpuRatio: row.cpu,
    iowaitRatio: row.wait,
    /** 1, 5 and 15 minutes */
    loadAverage: row.loadavg,
    cpu: {
      model: row.cpuinfo.model,
      sockets: row.cpuinfo.sockets,
      cores: row.cpuinfo.cores,
      threads: row.cpuinfo.cpus,
      flags: (row.cpuinfo.flags ?? '').split(' ').filter((name) => name !== ''),
    },
    memory: row.memory,
    swap: row.swap ?? null,
    rootfs: row.rootfs,
    pveVersion: row.pveversion,
    kernelVersion: row.kversion,
  }));
export type NodeStatus = z.infer<typeof NodeStatus>;

const NodeStorageRow = z
  .object({
    storage: text,
    type: text,
    content: list,
    active: flag,
    enabled: z.preprocess((value) => value ?? 1, flag),
    shared: flag,
    total: amountOrNull,
    used: amountOrNull,
    avail: amountOrNull,
  })
  .transform((row) => ({
    storage: row.storage,
    type: row.type,
    content: row.content,
    active: row.active,
    enabled: row.enabled,
    shared: row.shared,
    /** 0 on an inactive storage, and on iSCSI */
    totalBytes: row.total ?? 0,
    usedBytes: row.used ?? 0,
    availableBytes: row.avail ?? 0,
  }));
export type NodeStorage = z.infer<typeof NodeStorageRow>;
/** `GET /nodes/{node}/storage`. */
export const NodeStorages = z.array(NodeStorageRow);
