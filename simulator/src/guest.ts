/** What a guest asks of its node; `cpu` is a fraction of the guest's own vCPUs. */
export interface Load {
  cpu: number;
  memUsedBytes: number;
  diskReadBps: number;
  diskWriteBps: number;
  netInBps: number;
  netOutBps: number;
  /** 0.4 = between 60 % and 140 % of `cpu` over a day. */
  dailyAmplitude: number;
  noise: number;
  dirtyBytesPerS: number;
}

/** A stretch of time on one node. Guests keep their stretches, so statistics at any instant are a pure function. */
export interface Stretch {
  fromMs: number;
  node: string;
  running: boolean;
  /** Uptime and the traffic counters count from here. */
  startedMs: number;
}

export interface LoadChange {
  fromMs: number;
  /** What the load's `cpu` is a fraction of. */
  vcpus: number;
  load: Load;
}

export interface Disk {
  key: string;
  storage: string;
  sizeBytes: number;
}

export interface Snapshot {
  name: string;
  description: string;
  snaptime: number;
  vmstate: boolean;
  parent?: string;
}

export type GuestType = 'qemu' | 'lxc';

export type ConfigValue = string | number;

export interface Guest {
  vmid: number;
  type: GuestType;
  name: string;
  node: string;
  cores: number;
  sockets: number;
  memBytes: number;
  disks: Disk[];
  config: Map<string, ConfigValue>;
  /** Changes of a running VM's configuration that wait for its next start; null: to be deleted. */
  pending: Map<string, ConfigValue | null>;
  lock: string | null;
  template: boolean;
  pool: string | null;
  snapshots: Snapshot[];
  seed: number;
  /** Oldest first, never empty; the first one reaches back for ever. */
  stretches: Stretch[];
  /** Oldest first, never empty. */
  loads: LoadChange[];
}
