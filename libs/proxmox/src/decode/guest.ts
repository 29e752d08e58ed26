import { z } from 'zod';
import { amountOrNull, flag, list, number, numberOrNull, text, textOrNull } from './values.ts';

/** `GET …/config`: every key as Proxmox has it. Numbers may be text (`memory` of a VM) or numbers (of a container). */
export const GuestConfig = z
  .record(z.string(), z.unknown())
  .transform((raw): { digest: string | null; lock: string | null; raw: Record<string, string | number> } => ({
    digest: typeof raw.digest === 'string' ? raw.digest : null,
    lock: typeof raw.lock === 'string' && raw.lock !== '' ? raw.lock : null,
    raw: Object.fromEntries(Object.entries(raw).flatMap(([key, value]) => plain(key, value))),
  }));
/** `digest` changes with every write and may be given back to detect one in between. */
export type GuestConfig = z.infer<typeof GuestConfig>;

const plain = (key: string, value: unknown): [string, string | number][] => {
  if (typeof value === 'string' || typeof value === 'number') return [[key, value]];
  if (typeof value === 'boolean') return [[key, value ? 1 : 0]];
  return value === null || value === undefined ? [] : [[key, JSON.stringify(value)]];
};

const HaPart = z
  .preprocess((value) => value ?? {}, z.object({ managed: flag, state: textOrNull }))
  .transform((row) => ({ managed: row.managed, state: row.state }));

/** `GET …/status/current`: what the guest does at this moment. A live round trip to the guest's own process. */
export const GuestStatus = z
  .object({
    vmid: number,
    status: text,
    qmpstatus: textOrNull,
    name: textOrNull,
    lock: textOrNull,
    ha: HaPart,
    tags: list,
    template: flag,
    uptime: numberOrNull,
    cpu: amountOrNull,
    cpus: numberOrNull,
    mem: amountOrNull,
    maxmem: numberOrNull,
    'running-machine': textOrNull,
    'running-qemu': textOrNull,
  })
  .transform((row) => ({
    vmid: row.vmid,
    /** `running` or `stopped` */
    status: row.status,
    /** VMs: `running`, `paused`, `prelaunch`, `io-error`, … */
    qmpStatus: row.qmpstatus,
    name: row.name,
    lock: row.lock,
    ha: row.ha,
    tags: row.tags,
    template: row.template,
    uptimeSeconds: row.uptime ?? 0,
    cpuRatio: row.cpu,
    vcpus: row.cpus,
    memUsedBytes: row.mem,
    memTotalBytes: row.maxmem,
    runningMachine: row['running-machine'],
    runningQemu: row['running-qemu'],
  }));
export type GuestStatus = z.infer<typeof GuestStatus>;

const Snapshot = z
  .object({ name: text, parent: textOrNull, snaptime: numberOrNull, vmstate: flag, description: textOrNull })
  .transform((row) => ({
    name: row.name,
    parent: row.parent,
    takenAt: row.snaptime === null ? null : new Date(row.snaptime * 1000),
    /** The memory was saved as well */
    withMemory: row.vmstate,
    description: row.description,
  }));
export type Snapshot = z.infer<typeof Snapshot>;
/** `GET …/snapshot`, without the pseudo entry `current`. */
export const Snapshots = z.array(Snapshot).transform((rows) => rows.filter(({ name }) => name !== 'current'));
