import { z } from 'zod';
import { pressure, readPressure } from './pressure.ts';
import { amountOrNull, flag, list, number, numberOrNull, text, textOrNull } from './values.ts';

const NodeGuest = z
  .object({
    vmid: number,
    name: textOrNull,
    status: text,
    template: flag,
    lock: textOrNull,
    tags: list,
    uptime: numberOrNull,
    cpu: amountOrNull,
    cpus: numberOrNull,
    mem: amountOrNull,
    memhost: amountOrNull,
    maxmem: numberOrNull,
    ...pressure,
  })
  .transform((row) => ({
    vmid: row.vmid,
    name: row.name,
    /** `running` or `stopped` */
    status: row.status,
    template: row.template,
    lock: row.lock,
    tags: row.tags,
    uptimeSeconds: row.uptime ?? 0,
    /** 0 to 1 of the guest's own vCPUs */
    cpuRatio: row.cpu,
    vcpus: row.cpus,
    memUsedBytes: row.mem,
    memHostBytes: row.memhost,
    memTotalBytes: row.maxmem,
    /** Mean of 10 s; null before Proxmox VE 9, and for a stopped guest */
    pressure: readPressure(row),
  }));
export type NodeGuest = z.infer<typeof NodeGuest>;
/** `GET /nodes/{node}/qemu`, `GET /nodes/{node}/lxc`. */
export const NodeGuests = z.array(NodeGuest);
