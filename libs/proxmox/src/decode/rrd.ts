import { z } from 'zod';
import { pressure, readPressure } from './pressure.ts';
import { amountOrNull, instant, numberOrNull } from './values.ts';

/*
 * Round-robin data: one row a step, a sample that is absent is null. Rows come in order of time, but older rows may be
 * coarser (after the upgrade from 8 to 9) and any row may be a gap.
 */

const NodeSample = z
  .object({
    time: instant,
    cpu: amountOrNull,
    iowait: amountOrNull,
    loadavg: amountOrNull,
    maxcpu: numberOrNull,
    memtotal: numberOrNull,
    memused: numberOrNull,
    memavailable: numberOrNull,
    arcsize: numberOrNull,
    swaptotal: numberOrNull,
    swapused: numberOrNull,
    roottotal: numberOrNull,
    rootused: numberOrNull,
    netin: amountOrNull,
    netout: amountOrNull,
    ...pressure,
  })
  .transform((row) => ({
    at: row.time,
    cpuRatio: row.cpu,
    iowaitRatio: row.iowait,
    /** 1-minute average */
    loadAverage: row.loadavg,
    threads: row.maxcpu,
    memTotalBytes: row.memtotal,
    memUsedBytes: row.memused,
    /** Proxmox VE 9 */
    memAvailableBytes: row.memavailable,
    /** ZFS cache, part of the used memory (Proxmox VE 9) */
    arcBytes: row.arcsize,
    swapTotalBytes: row.swaptotal,
    swapUsedBytes: row.swapused,
    rootTotalBytes: row.roottotal,
    rootUsedBytes: row.rootused,
    netInBytesPerSecond: row.netin,
    netOutBytesPerSecond: row.netout,
    pressure: readPressure(row),
  }));
export type NodeSample = z.infer<typeof NodeSample>;
/** `GET /nodes/{node}/rrddata`. */
export const NodeSamples = z.array(NodeSample);

const GuestSample = z
  .object({
    time: instant,
    cpu: amountOrNull,
    maxcpu: numberOrNull,
    mem: amountOrNull,
    maxmem: numberOrNull,
    memhost: amountOrNull,
    disk: amountOrNull,
    maxdisk: numberOrNull,
    netin: amountOrNull,
    netout: amountOrNull,
    diskread: amountOrNull,
    diskwrite: amountOrNull,
    ...pressure,
  })
  .transform((row) => ({
    at: row.time,
    /** 0 to 1 of the guest's own vCPUs */
    cpuRatio: row.cpu,
    vcpus: row.maxcpu,
    memUsedBytes: row.mem,
    memTotalBytes: row.maxmem,
    memHostBytes: row.memhost,
    diskUsedBytes: row.disk,
    diskTotalBytes: row.maxdisk,
    netInBytesPerSecond: row.netin,
    netOutBytesPerSecond: row.netout,
    diskReadBytesPerSecond: row.diskread,
    diskWriteBytesPerSecond: row.diskwrite,
    pressure: readPressure(row),
  }));
export type GuestSample = z.infer<typeof GuestSample>;
/** `GET /nodes/{node}/{qemu|lxc}/{vmid}/rrddata`. */
export const GuestSamples = z.array(GuestSample);
