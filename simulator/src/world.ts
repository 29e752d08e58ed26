import type { Token, User } from './access/identity.ts';
import type { Clock } from './clock.ts';
import type { Fault } from './faults.ts';
import type { Guest } from './guest.ts';
import type { HaRule, HaService } from './ha/service.ts';
import type { PveVersion } from './pve-version.ts';
import type { Task } from './tasks.ts';

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
  /** Guests whose migration goes through this node's network right now: they share it. */
  streams: Set<number>;
  gaps: Gap[];
  seed: number;
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
