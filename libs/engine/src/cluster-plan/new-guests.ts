import type { ClusterSnapshot, Guest, GuestTags, NewGuest, Node } from '@proxbalance/contracts';

/** Where guests are that do not exist yet: no node has such a name. */
export const nowhereNode = '(new)';

/** Beyond every id there can be, so that no guest has it. */
const FIRST_ID = 1_000_000_000;

export const isNew = ({ vmid }: Pick<Guest, 'vmid'>): boolean => vmid >= FIRST_ID;

/** The cluster with the new guests on a node of their own, which they have to leave. */
export const withNewGuests = (snapshot: ClusterSnapshot, wanted: readonly NewGuest[]): ClusterSnapshot => {
  const each = wanted.flatMap((guest) =>
    Array.from({ length: guest.count }, (_, i) => ({ ...guest, name: nameOf(guest, i) })),
  );
  if (each.length === 0) return snapshot;
  const shared = sharedStorages(snapshot);
  const names = distinct(each.map(({ name }, i) => name ?? `new-${i + 1}`));
  const guests = each.map((guest, i) => asGuest({ ...guest, name: names[i] }, FIRST_ID + i, shared));
  const [model] = Object.values(snapshot.nodes);
  if (!model) return snapshot;
  return {
    ...snapshot,
    guests: { ...snapshot.guests, ...Object.fromEntries(guests.map((guest) => [String(guest.vmid), guest])) },
    nodes: { ...snapshot.nodes, [nowhereNode]: waitingRoom(model, guests) },
  };
};

const nameOf = ({ name, count }: NewGuest, i: number): string | undefined =>
  name === undefined || count === 1 ? name : `${name}-${i + 1}`;

/** A name that is there already gets its place in the list added. */
const distinct = (names: readonly string[]): string[] => {
  const taken = new Set<string>();
  return names.map((name, i) => {
    let own = name;
    while (taken.has(own)) own = `${own} #${i + 1}`;
    taken.add(own);
    return own;
  });
};

/** Storages that any node knows as shared. */
const sharedStorages = ({ nodes }: ClusterSnapshot): Set<string> =>
  new Set(
    Object.values(nodes).flatMap(({ storage }) =>
      storage.filter(({ shared }) => shared).map(({ storage: name }) => name),
    ),
  );

const waitingRoom = (model: Node, guests: readonly Guest[]): Node => ({
  ...model,
  name: nowhereNode,
  status: 'online',
  total_mem_gb: 2 * guests.reduce((sum, guest) => sum + guest.mem_max_gb, 1),
  cpu_percent: 0,
  mem_percent: 0,
  metrics: { ...model.metrics, current_cpu: 0, current_mem: 0, current_iowait: 0, has_historical: false },
  storage: [],
  guests: guests.map(({ vmid }) => vmid),
  committed_mem_gb: 0,
  mem_overcommit_ratio: 0,
  ha_state: null,
  unknown: [],
});

const asGuest = (wish: NewGuest, vmid: number, shared: ReadonlySet<string>): Guest => ({
  vmid,
  name: wish.name ?? '',
  type: wish.type,
  node: nowhereNode,
  status: 'running',
  template: false,
  lock: null,
  uptime: 0,
  cpu_cores: wish.vcpus,
  cpu_current: (100 * (wish.cpu ?? wish.vcpus / 2)) / wish.vcpus,
  mem_max_gb: wish.mem_gb,
  mem_used_gb: wish.mem_gb,
  balloon_gb: null,
  disk_gb: wish.disks.reduce((sum, { size_gb }) => sum + size_gb, 0),
  disks: wish.disks.map(({ storage, size_gb }, i) => ({
    key: `disk${i}`,
    storage,
    volume: '',
    size_gb,
    is_cdrom: false,
    is_shared: shared.has(storage),
  })),
  tags: tagsOf(wish.tags),
  ...nothingElse,
});

/** As Proxmox compares them: in lower case, each once. */
const tagsOf = (tags: readonly string[]): GuestTags => {
  const all = [...new Set(tags.map((tag) => tag.toLowerCase()))];
  return {
    has_ignore: false,
    exclude_groups: all.filter((tag) => tag.startsWith('exclude_')),
    affinity_groups: all.filter((tag) => tag.startsWith('affinity_')),
    has_bindmount: false,
    has_io_exempt: false,
    has_no_auto_migrate: false,
    has_auto_migrate_ok: false,
    all_tags: all,
  };
};

const nothingElse = {
  disk_read_bps: 0,
  disk_write_bps: 0,
  net_in_bps: 0,
  net_out_bps: 0,
  io_exempt: false,
  io_exempt_reason: null,
  ha_managed: false,
  ha_state: null,
  ha_group: null,
  pool: null,
  mount_points: null,
  local_disks: null,
  local_devices: [],
  live_blockers: null,
  cpu_model: null,
  agent_enabled: null,
  has_snapshots: null,
  has_backup: null,
  pressure: null,
  movable: { online: true, offline: true, reasons: [] },
  unknown: [],
  config_read_at: null,
} satisfies Partial<Guest>;
