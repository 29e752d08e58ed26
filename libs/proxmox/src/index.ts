export type { AccessApi, AclChange, TokenSettings } from './api/access.ts';
export type { TagEdit } from './api/edit-tags.ts';
export type { GuestKind, GuestPower, MigrateRequest } from './api/guests.ts';
export type { Timeframe } from './api/nodes.ts';
export type { VolumeFilter } from './api/storage.ts';
export type { TaskFilter, TaskLog } from './api/tasks.ts';
export type { AclEntry, CreatedToken, Role, User, UserToken } from './decode/access.ts';
export type { AgentInfo } from './decode/agent.ts';
export type { UncoveredGuest } from './decode/backup.ts';
export type { ClusterOptions, ClusterStatus, Permissions, Version } from './decode/cluster.ts';
export type { GuestConfig, GuestStatus, Snapshot } from './decode/guest.ts';
export type { HaGroup, HaManagerStatus, HaMigrateAnswer, HaResource, HaRule } from './decode/ha.ts';
export { sidVmid } from './decode/ha.ts';
export type { HaStatus } from './decode/ha-status.ts';
export type { Metric } from './decode/metrics.ts';
export type { NetworkInterface } from './decode/network.ts';
export type { NodeStatus, NodeStorage, ProxmoxNode } from './decode/node.ts';
export type { NodeGuest } from './decode/node-guests.ts';
export type { Pool, PoolRow } from './decode/pools.ts';
export type { MigratePreconditions } from './decode/preconditions.ts';
export type {
  ClusterResources,
  MalformedRow,
  ResourceGuest,
  ResourceNode,
  ResourceStorage,
} from './decode/resources.ts';
export type { GuestSample, NodeSample } from './decode/rrd.ts';
export type { StorageDefinition, StorageVolume } from './decode/storage.ts';
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
export { deriveMovable, type Surroundings } from './facts/movable.ts';
export { commonFeatures, type Features, features, type PveVersion, parseVersion } from './features.ts';
export { connectionFromSettings } from './from-settings.ts';
export type { HostState } from './http/transport.ts';
export { connectWithToken, followConnection, type ProxmoxLink } from './link.ts';
export type { DiskProgress } from './migration-line.ts';
export { type MigrationProgress, migrationProgress } from './migration-progress.ts';
export {
  type ProxmoxAuth,
  type ProxmoxAuthOptions,
  type ProxmoxConnection,
  type ProxmoxHost,
  type ProxmoxOptions,
  parseHosts,
  parseTlsMode,
  type RequestInfo,
  type TlsMode,
} from './options.ts';
export { holds } from './permissions/holds.ts';
export type { ProductFunction } from './permissions/needs.ts';
export { type FunctionReport, type PermissionCheck, permissionReport } from './permissions/report.ts';
export { type Sight, sightOf } from './permissions/sight.ts';
export { createProxmox, type Proxmox } from './proxmox.ts';
export { formatStorageMap, mappedStorage, parseStorageMap, type StorageMap, toOneStorage } from './storage-map.ts';
export { isTag, readTags } from './tags.ts';
export { taskFailureReason } from './task-failure-reason.ts';
export { parseUpid, type Upid, upidNode } from './upid.ts';
export { type TaskEnd, type WaitForTaskOptions, waitForTask } from './wait-for-task.ts';
