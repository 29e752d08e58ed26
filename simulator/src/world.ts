import type { Token, User } from './access/identity.ts';
import type { Clock } from './clock.ts';
import type { Fault } from './faults.ts';
import type { PveVersion } from './pve-version.ts';
import type { Task } from './tasks.ts';

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

export interface NodeStorage {
  storage: string;
  type: string;
  shared: boolean;
  content: string[];
  totalBytes: number;
  /** Bytes used by what is not a disk of a guest here; guests' disks are added as they come and go. */
  baseUsedBytes: number;
  enabled: boolean;
}

export interface Pressure {
  cpu: number;
  io: number;
  memory: number;
}

export interface Gap {
  fromMs: number;
  toMs: number;
}

export interface Node {
  name: string;
  nodeid: number;
  ip: string;
  cores: number;
  memBytes: number;
  hostCpuCores: number;
  hostMemBytes: number;
  iowait: number;
  pressure: Pressure | null;
  cpuModel: string;
  netBytesPerS: number;
  pve: PveVersion;
  storages: Map<string, NodeStorage>;
  bootMs: number;
  /** Null while the node is up. */
  downSinceMs: number | null;
  maintenance: boolean;
  /** Migration streams through this node's network right now: they share it. */
  streams: number;
  gaps: Gap[];
  seed: number;
}

export type HaState = 'started' | 'stopped' | 'enabled' | 'disabled' | 'ignored';

export interface HaCommand {
  target: string;
  askedMs: number;
}

export interface HaService {
  sid: string;
  vmid: number;
  state: HaState;
  crmState: string;
  target: string | null;
  /** A move somebody asked for that no round of the CRM has looked at yet. */
  command: HaCommand | null;
  maxRestart: number;
  maxRelocate: number;
  failback: boolean;
  group: string | null;
  comment: string | null;
}

export interface HaRule {
  rule: string;
  type: 'node-affinity' | 'resource-affinity';
  resources: string[];
  /** node -> priority (0 when none was given). */
  nodes: Map<string, number>;
  strict: boolean;
  affinity: 'positive' | 'negative';
  disabled: boolean;
  comment: string | null;
}

/** The whole truth about the cluster that is not there. */
export interface World {
  name: string;
  clock: Clock;
  quorate: boolean;
  configVersion: number;
  nodes: Map<string, Node>;
  guests: Map<number, Guest>;
  ha: Map<string, HaService>;
  rules: HaRule[];
  pools: Map<string, string>;
  options: Map<string, string>;
  roles: Map<string, Set<string>>;
  users: Map<string, User>;
  tokens: Map<string, Token>;
  /** Signs tickets; another one each time, so tickets die with the simulator. */
  ticketKey: string;
  tasks: Map<string, Task>;
  faults: Map<number, Fault>;
  /** Grows with every change that /cluster/resources could show before the next tick. */
  revision: number;
  nextPid: number;
}

/** pvestatd reports every 10 s, counted from the start of the simulator. */
export const TICK_MS = 10_000;

export function lastTickMs(world: World): number {
  const { clock } = world;
  return clock.originMs + Math.floor((clock.nowMs() - clock.originMs) / TICK_MS) * TICK_MS;
}

export function isUp(node: Node): boolean {
  return node.downSinceMs === null;
}

export function sidOf(guest: Guest): string {
  return `${guest.type === 'qemu' ? 'vm' : 'ct'}:${guest.vmid}`;
}

/** The service that manages the guest, unless HA is told to ignore it. */
export function managedBy(world: World, guest: Guest): HaService | undefined {
  const service = world.ha.get(sidOf(guest));
  return service && service.state !== 'ignored' ? service : undefined;
}
