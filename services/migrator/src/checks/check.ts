import type { MigrateRequest, MigrationCheck } from '@proxbalance/contracts';
import type { ClusterResources, ClusterStatus, GuestConfig, ResourceGuest, Task } from '@proxbalance/proxmox';

/** What the checks look at, read from Proxmox a moment ago. null: could not be read, with the reason. */
export type LiveView = {
  resources: ClusterResources;
  guest: ResourceGuest | null;
  config: GuestConfig | null;
  status: ClusterStatus | null;
  tasks: Task[] | null;
  /** Why a part is null. */
  troubles: string[];
};

/** Answers one of the six questions. */
export type Check = {
  name: MigrationCheck['name'];
  check: (request: Pick<MigrateRequest, 'vmid' | 'source_node' | 'target_node'>, view: LiveView) => CheckAnswer;
};

export type CheckAnswer = { status: MigrationCheck['status']; detail: string };

export const passed = (detail: string): CheckAnswer => ({ status: 'passed', detail });
export const failed = (detail: string): CheckAnswer => ({ status: 'failed', detail });
export const unknown = (detail: string): CheckAnswer => ({ status: 'unknown', detail });
