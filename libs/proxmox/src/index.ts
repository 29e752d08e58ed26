export type { GuestKind, GuestPower, MigrateRequest } from './api/guests.ts';
export type { Timeframe } from './api/nodes.ts';
export type { TaskFilter, TaskLog } from './api/tasks.ts';
export type { ClusterOptions, ClusterStatus, Permissions, Version } from './decode/cluster.ts';
export type { GuestConfig, GuestStatus, Snapshot } from './decode/guest.ts';
export type { HaGroup, HaManagerStatus, HaMigrateAnswer, HaResource, HaRule } from './decode/ha.ts';
export { sidVmid } from './decode/ha.ts';
export type { NodeStatus, NodeStorage, ProxmoxNode } from './decode/node.ts';
export type { MigratePreconditions } from './decode/preconditions.ts';
export type {
  ClusterResources,
  MalformedRow,
  ResourceGuest,
  ResourceNode,
  ResourceStorage,
} from './decode/resources.ts';
export type { GuestSample, NodeSample } from './decode/rrd.ts';
export type { Task, TaskStatus } from './decode/task.ts';
export {
  isProxmoxError,
  ProxmoxError,
  type ProxmoxErrorKind,
  ProxmoxOutcomeUnknownError,
  toRefusal,
} from './errors.ts';
export { type ConfigFacts, readConfigFacts } from './facts/guest-config.ts';
export { deriveTags } from './facts/guest-tags.ts';
export { deriveMovable } from './facts/movable.ts';
export { connectionFromSettings } from './from-settings.ts';
export type { HostState } from './http/transport.ts';
export { followConnection, type ProxmoxLink } from './link.ts';
export type { DiskProgress } from './migration-line.ts';
export { type MigrationProgress, migrationProgress } from './migration-progress.ts';
export {
  type ProxmoxHost,
  type ProxmoxOptions,
  parseHosts,
  parseTlsMode,
  type RequestInfo,
  type TlsMode,
} from './options.ts';
export { createProxmox, type Proxmox } from './proxmox.ts';
export { taskFailureReason } from './task-failure-reason.ts';
export { parseUpid, type Upid, upidNode } from './upid.ts';
export { type TaskEnd, type WaitForTaskOptions, waitForTask } from './wait-for-task.ts';
