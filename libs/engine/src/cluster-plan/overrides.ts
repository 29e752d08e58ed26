import type { ClusterSnapshot, Guest, Node, PlanOverrides } from '@proxbalance/contracts';

type Added = NonNullable<PlanOverrides['add_nodes']>[number];
type Grown = NonNullable<PlanOverrides['grow_guests']>[number];

/** The cluster with guests grown and nodes added; loads of nodes follow their guests. What has other names in it than the cluster changes nothing. */
export const overridden = (snapshot: ClusterSnapshot, { add_nodes = [], grow_guests = [] }: PlanOverrides) =>
  addNodes(growGuests(snapshot, grow_guests), add_nodes);

const growGuests = (snapshot: ClusterSnapshot, grown: readonly Grown[]): ClusterSnapshot => {
  const guests = { ...snapshot.guests };
  const nodes = { ...snapshot.nodes };
  for (const wish of grown) {
    const guest = own(guests, String(wish.vmid));
    if (!guest) continue;
    const now = grow(guest, wish);
    guests[wish.vmid] = now;
    const node = own(nodes, guest.node);
    if (node && guest.status === 'running') nodes[node.name] = loadedWith(node, guest, now);
  }
  return { ...snapshot, guests, nodes };
};

/** It uses the same share of what it has. */
const grow = (guest: Guest, { cpu_cores = guest.cpu_cores, mem_gb = guest.mem_max_gb }: Grown): Guest => ({
  ...guest,
  cpu_cores,
  mem_max_gb: mem_gb,
  mem_used_gb: guest.mem_max_gb > 0 ? guest.mem_used_gb * (mem_gb / guest.mem_max_gb) : guest.mem_used_gb,
});

const loadedWith = (node: Node, before: Guest, after: Guest): Node => {
  const cores = (after.cpu_current / 100) * (after.cpu_cores - before.cpu_cores);
  const cpu = node.cpu_cores > 0 ? (100 * cores) / node.cpu_cores : 0;
  const mem = node.total_mem_gb > 0 ? (100 * (after.mem_used_gb - before.mem_used_gb)) / node.total_mem_gb : 0;
  const { current_cpu, current_mem } = node.metrics;
  return {
    ...node,
    cpu_percent: node.cpu_percent + cpu,
    mem_percent: node.mem_percent + mem,
    metrics: { ...node.metrics, current_cpu: current_cpu + cpu, current_mem: current_mem + mem },
    committed_mem_gb: Math.max(0, node.committed_mem_gb + after.mem_max_gb - before.mem_max_gb),
  };
};

const addNodes = (snapshot: ClusterSnapshot, added: readonly Added[]): ClusterSnapshot => {
  const fresh = added.flatMap((wish) => {
    const model = own(snapshot.nodes, wish.like);
    return model ? [emptyNode(wish, model)] : [];
  });
  if (fresh.length === 0) return snapshot;
  return { ...snapshot, nodes: { ...snapshot.nodes, ...Object.fromEntries(fresh.map((node) => [node.name, node])) } };
};

const emptyNode = ({ name, cpu_cores, mem_gb }: Added, model: Node): Node => ({
  ...model,
  name,
  status: 'online',
  cpu_cores: cpu_cores ?? model.cpu_cores,
  total_mem_gb: mem_gb ?? model.total_mem_gb,
  cpu_percent: 0,
  mem_percent: 0,
  metrics: { ...model.metrics, ...idle },
  storage: model.storage.map((storage) => (storage.shared ? storage : { ...storage, ...emptied(storage.total_gb) })),
  guests: [],
  committed_mem_gb: 0,
  mem_overcommit_ratio: 0,
  ha_state: null,
});

const idle = {
  ...{ current_cpu: 0, current_mem: 0, current_iowait: 0, avg_cpu: 0, max_cpu: 0, avg_mem: 0, max_mem: 0 },
  ...{ avg_iowait: 0, max_iowait: 0, avg_load: 0, avg_cpu_week: 0, max_cpu_week: 0, avg_mem_week: 0, max_mem_week: 0 },
  ...{ avg_iowait_week: 0, has_historical: false },
};

const emptied = (total: number) => ({ used_gb: 0, avail_gb: total, usage_pct: 0 });

/** By own keys only: `constructor` is something every object has. */
const own = <T>(record: Readonly<Record<string, T>>, key: string): T | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;
