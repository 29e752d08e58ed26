import { z } from 'zod';
import { Guest } from './guest.ts';
import { Node } from './node.ts';
import { Instant, NodeName, Upid, Vmid } from './values.ts';

/*
 * The cluster as the product believes it to be; its nodes and guests have files of their own. Field names are those of the
 * HTTP API and stay the same on every wire. What could not be read is `null` and named in `unknown`; nothing may act on it.
 */

export const ClusterSummary = z
  .object({
    total_nodes: z.int(),
    total_guests: z.int(),
    vms: z.int(),
    containers: z.int(),
    ignored_guests: z.int(),
    excluded_guests: z.int(),
    ha_managed_guests: z.int(),
    backed_up_guests: z.int().nullable().default(null).describe('Guests that a backup job takes in; null: not known'),
    unknown_guests: z.int().describe('Guests with at least one unknown part'),
  })
  .meta({ id: 'ClusterSummary' });

export const ClusterHealth = z
  .object({
    quorate: z.boolean().nullable(),
    nodes: z.int(),
    online_nodes: z.int(),
  })
  .meta({ id: 'ClusterHealth' });

export const PveCrs = z
  .object({
    ha: z.string(),
    'ha-rebalance-on-start': z.boolean().default(false),
    'ha-auto-rebalance': z.boolean(),
    'ha-auto-rebalance-threshold': z.number().nullable().default(null),
    'ha-auto-rebalance-margin': z.number().nullable().default(null),
    'ha-auto-rebalance-hold-duration': z.number().nullable().default(null).describe('HA rounds'),
    'ha-auto-rebalance-method': z.string().nullable().default(null),
    dynamic_balancer_active: z.boolean().describe('Proxmox’s own balancer is on'),
  })
  .meta({ id: 'PveCrs', description: 'Cluster Resource Scheduler options of Proxmox itself; null: its default' });

export const RunningTask = z
  .object({
    upid: Upid,
    node: z.string(),
    type: z.string(),
    id: z.string(),
    user: z.string(),
    started_at: Instant,
  })
  .meta({ id: 'RunningTask' });
export type RunningTask = z.infer<typeof RunningTask>;

/** HA rules of Proxmox VE 9 and HA groups of 8 in one form. */
export const HaPlacementRule = z
  .object({
    name: z.string(),
    kind: z
      .enum(['node-affinity', 'keep-together', 'keep-apart'])
      .describe('Prefers nodes; keeps guests on one node; keeps them on different ones'),
    vmids: z.array(Vmid),
    nodes: z.array(z.object({ node: NodeName, priority: z.int() })).describe('node-affinity: higher is preferred'),
    strict: z.boolean().describe('node-affinity: nowhere else at all'),
    applied: z.boolean().describe('The HA manager goes by it: neither switched off nor in error'),
    source: z.enum(['rule', 'group']),
  })
  .meta({ id: 'HaPlacementRule' });
export type HaPlacementRule = z.infer<typeof HaPlacementRule>;

/** When each tier of the snapshot was last read; null: never. */
export const Ages = z
  .object({
    resources: Instant.nullable(),
    tasks: Instant.nullable(),
    quorum: Instant.nullable(),
    ha: Instant.nullable(),
    node_history: Instant.nullable(),
    options: Instant.nullable().default(null),
    ha_rules: Instant.nullable().default(null),
    backup: Instant.nullable().default(null),
    versions: Instant.nullable().default(null).describe('The oldest of the nodes'),
    storage: Instant.nullable().default(null).describe('As the nodes see it, the oldest of them'),
    pressure: Instant.nullable().default(null).describe('Of the guests, the oldest of the nodes'),
  })
  .meta({ id: 'Ages' });

export const ClusterSnapshot = z
  .object({
    snapshot_id: z.string(),
    collected_at: Instant,
    first_collected_at: Instant,
    cluster_name: z.string().nullable(),
    nodes: z.record(z.string(), Node),
    guests: z.record(z.string(), Guest),
    summary: ClusterSummary,
    cluster_health: ClusterHealth,
    pve_crs: PveCrs.nullable(),
    ha_rules: z.array(HaPlacementRule).nullable().default(null).describe('null: not read'),
    running_tasks: z.array(RunningTask),
    read_at: Ages,
    unknown: z
      .array(z.string())
      .describe(
        'Cluster-wide parts that could not be read: quorum, ha, ha_rules, tasks, options; guests, storages: the token is not shown all of them',
      ),
    performance: z.object({
      node_count: z.int(),
      guest_count: z.int(),
      requests: z.int().describe('Requests to Proxmox since the snapshot before'),
      total_time: z.number().describe('Seconds from the first request to the finished snapshot'),
    }),
  })
  .meta({ id: 'ClusterSnapshot' });
export type ClusterSnapshot = z.infer<typeof ClusterSnapshot>;

/** Something that is wrong with the cluster or with reading it. */
export const ClusterProblem = z
  .object({
    code: z.enum([
      'cluster-unreadable',
      'no-snapshot',
      'snapshot-overdue',
      'no-quorum',
      'node-offline',
      'node-unknown',
      'storage-unavailable',
      'parts-unknown',
      'parts-old',
      'node-parts-unknown',
      'guests-unknown',
    ]),
    message: z.string(),
    detail: z
      .string()
      .nullable()
      .describe('Which one, or Proxmox’s own words; null when there is no more to say, or to a caller without a token'),
  })
  .meta({ id: 'ClusterProblem', description: 'Something that is wrong with the cluster or with reading it, in words' });
export type ClusterProblem = z.infer<typeof ClusterProblem>;
