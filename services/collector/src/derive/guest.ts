import type { Guest, Pressure } from '@proxbalance/contracts';
import {
  type ConfigFacts,
  deriveMovable,
  deriveTags,
  type HaResource,
  type ResourceGuest,
  type Surroundings,
} from '@proxbalance/proxmox';

import type { Rates } from './rates.ts';

const gib = 2 ** 30;

/** What is known about one guest beside its resource row; null: not read. */
export type GuestKnowledge = {
  config: { facts: ConfigFacts; readAt: string } | null;
  /** The HA list as a whole, by vmid; null: not read. */
  ha: ReadonlyMap<number, HaResource> | null;
  rates: Rates | null;
  /** Whether a storage is shared; undefined: never heard of. */
  isShared: (storage: string) => boolean | undefined;
  /** Tags that were read later than the row; undefined: the row has them. */
  tags?: readonly string[] | undefined;
  around: Surroundings;
  /** Whether a backup job takes it in; null: not known. */
  hasBackup?: boolean | null;
  pressure?: Pressure | null;
};

export function deriveGuest(row: ResourceGuest, known: GuestKnowledge): Guest {
  const type = row.kind === 'qemu' ? 'VM' : 'CT';
  const tags = deriveTags(known.tags ?? row.tags);
  const facts = known.config?.facts;
  const hasPassthrough = facts?.localDisks.has_passthrough ?? false;
  const base = {
    vmid: row.vmid,
    name: row.name ?? `${type}-${row.vmid}`,
    type,
    node: row.node,
    status: row.status,
    template: row.template,
    lock: row.lock,
    uptime: Math.max(0, Math.floor(row.uptimeSeconds ?? 0)),
    cpu_current: 100 * Math.max(0, row.cpuRatio ?? 0),
    cpu_cores: facts?.vcpus ?? row.vcpus ?? 0,
    mem_used_gb: (row.memUsedBytes ?? 0) / gib,
    mem_max_gb: (row.memTotalBytes ?? 0) / gib,
    balloon_gb: facts?.balloonGib ?? null,
    disk_gb: (row.diskTotalBytes ?? 0) / gib,
    disk_read_bps: known.rates?.diskRead ?? null,
    disk_write_bps: known.rates?.diskWrite ?? null,
    net_in_bps: known.rates?.netIn ?? null,
    net_out_bps: known.rates?.netOut ?? null,
    tags,
    io_exempt: tags.has_io_exempt || hasPassthrough,
    io_exempt_reason: ioExemptReason(tags.has_io_exempt, hasPassthrough),
    ...deriveHa(row, known.ha),
    pool: row.pool,
    mount_points: facts?.mountPoints ?? null,
    local_disks: facts?.localDisks ?? null,
    disks: facts?.disks.map((disk) => ({ ...disk, is_shared: known.isShared(disk.storage) ?? null })) ?? null,
    local_devices: facts?.localDevices ?? null,
    cpu_model: facts?.cpuModel ?? null,
    agent_enabled: facts?.agentEnabled ?? null,
    has_snapshots: facts?.hasSnapshots ?? null,
    has_backup: known.hasBackup ?? null,
    pressure: known.pressure ?? null,
    unknown: unknownParts(row, known),
    config_read_at: known.config?.readAt ?? null,
  } satisfies Omit<Guest, 'movable'>;
  return { ...base, movable: deriveMovable(base, known.around) };
}

function ioExemptReason(byTag: boolean, byPassthrough: boolean): Guest['io_exempt_reason'] {
  if (byTag) return 'tag';
  return byPassthrough ? 'passthrough' : null;
}

/** A guest in state `ignored` is listed but left alone by the HA manager. A state on the row proves management even without the list. */
function deriveHa(row: ResourceGuest, ha: GuestKnowledge['ha']): Pick<Guest, 'ha_managed' | 'ha_state' | 'ha_group'> {
  const resource = ha?.get(row.vmid);
  const onRow = row.haState !== null && row.haState !== 'ignored';
  if (resource)
    return {
      ha_managed: resource.state !== 'ignored',
      ha_state: row.haState ?? resource.state,
      ha_group: resource.group,
    };
  if (onRow) return { ha_managed: true, ha_state: row.haState, ha_group: null };
  return { ha_managed: ha ? false : null, ha_state: null, ha_group: null };
}

function unknownParts(row: ResourceGuest, known: GuestKnowledge): string[] {
  const unknown: string[] = [];
  const isStale = known.around.nodeStatus === 'offline' || row.status === 'unknown';
  if (isStale || (row.status === 'running' && row.cpuRatio === null)) unknown.push('stats');
  if (!known.config) unknown.push('config');
  if (!known.ha && row.haState === null) unknown.push('ha');
  return unknown;
}
