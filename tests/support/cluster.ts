const gib = 1024 ** 3;

/** The simulator's cluster file (interfaces.md, section 4), as far as these tests vary it. */
export type ClusterFile = { name: string; nodes: NodeEntry[]; guests: GuestEntry[]; ha_rules?: HaRule[] };
type NodeEntry = { name: string; cores: number; mem_bytes: number; storages: object[] };
type HaRule = { rule: string; type: 'resource-affinity'; affinity: 'negative' | 'positive'; resources: string[] };
export type GuestEntry = {
  vmid: number;
  name: string;
  node: string;
  cores: number;
  mem_bytes: number;
  load: { cpu: number; mem_used_bytes: number };
  disks: { key: string; storage: string; size_bytes: number }[];
  tags: string[];
  ha: 'started' | null;
};

/** Three nodes of 16 cores and 64 GiB on shared storage, with these guests. */
export const cluster = (guests: GuestEntry[], more: Partial<ClusterFile> = {}): ClusterFile => ({
  name: 'lab',
  nodes: ['pve1', 'pve2', 'pve3'].map((name) => ({
    name,
    cores: 16,
    mem_bytes: 64 * gib,
    storages: [{ storage: 'ceph1', type: 'rbd', shared: true, total_bytes: 1000 * gib, used_bytes: 200 * gib }],
  })),
  guests,
  ...more,
});

/** A small running VM on pve1: moving it takes about four seconds of the simulator's time. */
export const vm = (vmid: number, more: Partial<GuestEntry> = {}): GuestEntry => ({
  vmid,
  name: `vm-${vmid}`,
  node: 'pve1',
  cores: 2,
  mem_bytes: 2 * gib,
  load: { cpu: 0.1, mem_used_bytes: gib / 2 },
  disks: [{ key: 'scsi0', storage: 'ceph1', size_bytes: 8 * gib }],
  tags: [],
  ha: null,
  ...more,
});

/** Guests that keep pve1 well above the thresholds while the other nodes idle. */
export const hotGuests = (vmids: number[]): GuestEntry[] =>
  vmids.map((vmid) => vm(vmid, { cores: 4, mem_bytes: 12 * gib, load: { cpu: 0.9, mem_used_bytes: 11 * gib } }));
