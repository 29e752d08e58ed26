import type { Guest } from '@proxbalance/contracts';

/** Guests by the complete tag they share, in the order of names and ids. A guest whose tags are not known is in none. */
export function affinityGroups(guests: readonly Guest[]) {
  const pairs = guests.flatMap((guest) => (guest.tags?.affinity_groups ?? []).map((name) => ({ name, guest })));
  const affinity_groups = [...Map.groupBy(pairs, ({ name }) => name)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, members]) =>
      groupOf(
        name,
        members.map(({ guest }) => guest).sort((a, b) => a.vmid - b.vmid),
      ),
    );
  return {
    affinity_groups,
    total_groups: affinity_groups.length,
    split_groups: affinity_groups.filter(({ is_split }) => is_split).length,
  };
}

function groupOf(name: string, guests: readonly Guest[]) {
  const nodes = [...new Set(guests.map(({ node }) => node))].sort();
  const is_split = nodes.length > 1;
  return {
    name,
    members: guests.map(({ vmid, name, type, node, status, mem_max_gb, cpu_current }) => ({
      vmid,
      name,
      type,
      node,
      status,
      mem_gb: mem_max_gb,
      cpu: cpu_current,
    })),
    member_count: guests.length,
    nodes,
    is_split,
    status: is_split ? ('split' as const) : ('together' as const),
  };
}
