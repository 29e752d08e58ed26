import type { Guest, Pressure } from '@proxbalance/contracts';
import {
  type ConfigFacts,
  deriveMovable,
  deriveTags,
  type ResourceGuest,
  type Surroundings,
} from '@proxbalance/proxmox';
import type { HaKnowledge } from './ha-knowledge.ts';
import type { Rates } from './rates.ts';

const gib = 2 ** 30;

/** What is known about one guest beside its resource row; null: not read. */
export type GuestKnowledge = {
  /** `isOld`: it should long have been read again and could not. */
  config: { facts: ConfigFacts; readAt: string; isOld?: boolean } | null;
  ha: HaKnowledge;
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
  const disks = facts?.disks.map((disk) => ({ ...disk, is_shared: known.isShared(disk.storage) ?? null })) ?? null;
  const ha = deriveHa(row, known.ha.resources);
  const base = {
    vmid: row.vmid,
    name: row.name ?? facts?.name ?? `${type}-${row.vmid}`,
    type,
    node: row.node,
    status: row.status,
    template: row.template,
    lock: row.lock,
    uptime: Math.max(0, Math.floor(row.uptimeSeconds ?? 0)),
    cpu_current: 100 * Math.max(0, row.cpuRatio ?? 0),
    cpu_cores: facts?.vcpus ?? row.vcpus ?? 0,
    mem_used_gb: (row.memUsedBytes ?? 0) / gib,
    mem_max_gb: row.memTotalBytes === null ? (facts?.memoryGib ?? 0) : row.memTotalBytes / gib,
    balloon_gb: facts?.balloonGib ?? null,
    disk_gb: (row.diskTotalBytes ?? 0) / gib,
    disk_read_bps: known.rates?.diskRead ?? null,
    disk_write_bps: known.rates?.diskWrite ?? null,
    net_in_bps: known.rates?.netIn ?? null,
    net_out_bps: known.rates?.netOut ?? null,
    tags,
    io_exempt: tags.has_io_exempt || hasPassthrough,
    io_exempt_reason: ioExemptReason(tags.has_io_exempt, hasPassthrough),
    ...ha,
    pool: row.pool,
    mount_points: facts?.mountPoints ?? null,
    local_disks: facts?.localDisks ?? null,
    disks,
    local_devices: facts?.localDevices ?? null,
    live_blockers: facts?.liveBlockers ?? null,
    cpu_model: facts?.cpuModel ?? null,
    agent_enabled: facts?.agentEnabled ?? null,
    has_snapshots: facts?.hasSnapshots ?? null,
    has_backup: known.hasBackup ?? null,
    // It was told for where and what the guest was then.
    pressure: row.status === 'running' ? (known.pressure ?? null) : null,
    unknown: [
      ...unknownParts(row, known),
      ...(disks?.some((disk) => disk.is_shared === null) ? ['storage'] : []),
      ...unknownHa(row, ha.ha_managed, known.ha),
    ],
    config_read_at: known.config?.readAt ?? null,
  } satisfies Omit<Guest, 'movable'>;
  return { ...base, movable: deriveMovable(base, known.around, known.ha.hold(base)) };
}

function ioExemptReason(byTag: boolean, byPassthrough: boolean): Guest['io_exempt_reason'] {
  if (byTag) return 'tag';
  return byPassthrough ? 'passthrough' : null;
}

/** A guest in state `ignored` is listed but left alone by the HA manager. A state on the row proves management even without the list. */
function deriveHa(
  row: ResourceGuest,
  list: HaKnowledge['resources'],
): Pick<Guest, 'ha_managed' | 'ha_state' | 'ha_group'> {
  const resource = list?.get(row.vmid);
  const onRow = row.haState !== null && row.haState !== 'ignored';
  if (resource)
    return {
      ha_managed: resource.state !== 'ignored',
      ha_state: row.haState ?? resource.state,
      ha_group: resource.group,
    };
  if (onRow) return { ha_managed: true, ha_state: row.haState, ha_group: null };
  return { ha_managed: list ? false : null, ha_state: null, ha_group: null };
}

/** A running guest without its load or its memory takes part in nothing that counts either. */
function unknownParts(row: ResourceGuest, { around, config }: GuestKnowledge): string[] {
  const isStale = around.nodeStatus === 'offline' || row.status === 'unknown';
  const isUnmeasured = row.cpuRatio === null || row.memUsedBytes === null || !row.memTotalBytes;
  return [
    ...(isStale || (row.status === 'running' && isUnmeasured) ? ['stats'] : []),
    ...(config && !config.isOld ? [] : ['config']),
  ];
}

const unknownHa = (row: ResourceGuest, isManaged: boolean | null, ha: HaKnowledge): string[] => [
  ...(!ha.resources && row.haState === null ? ['ha'] : []),
  ...(isManaged && !ha.areRulesRead ? ['ha_rules'] : []),
];
