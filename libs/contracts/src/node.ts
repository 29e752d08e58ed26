import { z } from 'zod';
import { BytesPerSecond, Gib, NodeName, Percent, Vmid } from './values.ts';

export const TrendLabel = z.enum(['rising', 'falling', 'stable']).meta({ id: 'TrendLabel' });

export const NodeMetrics = z
  .object({
    current_cpu: Percent,
    current_mem: Percent,
    current_iowait: Percent,
    avg_cpu: Percent,
    max_cpu: Percent,
    avg_mem: Percent,
    max_mem: Percent,
    avg_iowait: Percent,
    max_iowait: Percent,
    avg_load: z.number().min(0).describe('1-minute load average, mean of the last day'),
    avg_cpu_week: Percent,
    max_cpu_week: Percent,
    avg_mem_week: Percent,
    max_mem_week: Percent,
    avg_iowait_week: Percent,
    cpu_trend: TrendLabel,
    mem_trend: TrendLabel,
    has_historical: z.boolean().describe('false: no history could be read, averages are 0 and mean nothing'),
  })
  .meta({ id: 'NodeMetrics', description: 'Current values, day averages (24 h) and week averages (7 d)' });

export const TrendPoint = z
  .object({ time: z.int(), cpu: Percent, mem: Percent, iowait: Percent })
  .meta({ id: 'TrendPoint' });

export const NodeStorage = z
  .object({
    storage: z.string(),
    type: z.string(),
    content: z.string().describe('Comma list of content types'),
    active: z.boolean(),
    shared: z.boolean(),
    total_gb: Gib,
    used_gb: Gib,
    avail_gb: Gib,
    usage_pct: Percent,
  })
  .meta({ id: 'NodeStorage' });

const pressureShare = Percent.nullable();

export const Pressure = z
  .object({
    cpu_some: pressureShare,
    io_some: pressureShare,
    io_full: pressureShare,
    memory_some: pressureShare,
    memory_full: pressureShare,
  })
  .meta({
    id: 'Pressure',
    description:
      'Percent of the time that some or all work waited for CPU, disks or memory (Proxmox VE 9); null: not told',
  });
export type Pressure = z.infer<typeof Pressure>;

export const Node = z
  .object({
    name: NodeName,
    status: z.enum(['online', 'offline', 'unknown']),
    cpu_cores: z.int().min(0),
    total_mem_gb: Gib,
    uptime: z.int().min(0).describe('Seconds'),
    cpu_percent: Percent,
    mem_percent: Percent.describe('In use; the ZFS cache is not counted where Proxmox tells it'),
    pve_version: z.string().nullable().default(null).describe('Of Proxmox VE there: 9.2.2'),
    pressure: Pressure.nullable().default(null),
    net_in_bps: BytesPerSecond.nullable().default(null),
    net_out_bps: BytesPerSecond.nullable().default(null),
    mem_available_gb: Gib.nullable().default(null).describe('What could be had without swapping (Proxmox VE 9)'),
    arc_gb: Gib.nullable().default(null).describe('ZFS cache (Proxmox VE 9)'),
    metrics: NodeMetrics,
    trend_data: z.record(z.enum(['day', 'week']), z.array(TrendPoint)),
    storage: z.array(NodeStorage),
    guests: z.array(Vmid).describe('Every guest whose configuration is on this node, templates included'),
    committed_mem_gb: Gib.describe('Sum of the configured memory of running and paused guests, GiB'),
    mem_overcommit_ratio: z.number().min(0),
    iowait_exempt: z.boolean(),
    iowait_exempt_guests: z.array(z.object({ vmid: Vmid, name: z.string(), reason: z.string() })),
    ha_state: z
      .string()
      .nullable()
      .describe('State the HA manager gives the node: online, maintenance, fence, gone, unknown'),
    unknown: z.array(z.string()).describe('Parts that could not be read: storage, history'),
  })
  .meta({ id: 'Node' });
export type Node = z.infer<typeof Node>;
