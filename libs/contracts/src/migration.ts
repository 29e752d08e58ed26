import { z } from 'zod';
import { GuestType, Instant, NodeName, Upid, Vmid } from './values.ts';

export const migrationStates = [
  'queued',
  'checking',
  'starting',
  'running',
  'verifying',
  'completed',
  'failed',
  'cancelled',
] as const;
export const MigrationState = z.enum(migrationStates).meta({ id: 'MigrationState' });
export type MigrationState = z.infer<typeof MigrationState>;

export const isFinal = (state: MigrationState): boolean =>
  state === 'completed' || state === 'failed' || state === 'cancelled';

export const Trigger = z.enum(['manual', 'batch', 'rollback', 'evacuation', 'automation']).meta({ id: 'Trigger' });

/** One question asked of live Proxmox data before a start. Unknown is not passed. */
export const MigrationCheck = z
  .object({
    name: z.enum(['staleness', 'guest_state', 'resources', 'storage', 'locks', 'affinity']),
    passed: z.boolean(),
    status: z.enum(['passed', 'failed', 'unknown']),
    detail: z.string(),
  })
  .meta({ id: 'MigrationCheck' });
export type MigrationCheck = z.infer<typeof MigrationCheck>;

export const MigrationProgress = z
  .object({
    percentage: z.number().min(0).max(100),
    transferred_bytes: z.number().min(0),
    total_bytes: z.number().min(0),
    bytes_per_second: z.number().min(0).nullable(),
    eta_seconds: z.number().min(0).nullable(),
    phase: z.string(),
  })
  .meta({ id: 'MigrationProgress' });
export type MigrationProgress = z.infer<typeof MigrationProgress>;

/** Why a move did not end as asked, with Proxmox's own lines. */
export const MigrationError = z
  .object({
    code: z.string(),
    message: z.string(),
    log: z.array(z.string()).describe('Reason lines of the Proxmox task log'),
  })
  .meta({ id: 'MigrationError' });

/** One move from the request to its verified end. */
export const Migration = z
  .object({
    migration_id: z.uuid(),
    vmid: Vmid,
    name: z.string(),
    type: GuestType,
    source_node: NodeName,
    target_node: NodeName,
    state: MigrationState,
    trigger: Trigger,
    requested_by: z.string(),
    requested_at: Instant,
    started_at: Instant.nullable().describe('When Proxmox accepted the task'),
    finished_at: Instant.nullable(),
    task_id: Upid.nullable().describe('Task Proxmox gave for the request'),
    child_task_id: Upid.nullable().describe('Task the HA manager started for it'),
    progress: MigrationProgress.nullable(),
    waiting_for: z
      .string()
      .nullable()
      .describe('What a move waits for: its turn, or Proxmox when that can’t be reached'),
    checks: z.array(MigrationCheck),
    final_node: NodeName.nullable().describe('Where the guest was found at the end; null: could not be read'),
    warnings: z.boolean().describe('Proxmox finished the task with warnings'),
    cancel_requested: z.boolean(),
    error: MigrationError.nullable(),
    timeline: z.array(z.object({ state: MigrationState, at: Instant, detail: z.string() })),
  })
  .meta({ id: 'Migration' });
export type Migration = z.infer<typeof Migration>;

export const MigrateRequest = z.object({
  vmid: Vmid,
  source_node: NodeName,
  target_node: NodeName,
  type: GuestType,
  trigger: Trigger,
  requested_by: z.string(),
});
export type MigrateRequest = z.infer<typeof MigrateRequest>;

export const TaskStatus = z
  .object({
    status: z.enum(['running', 'stopped', 'unknown']),
    exitstatus: z.string().describe('OK, WARNINGS: n, the failure text, or unknown while it runs'),
    node: NodeName,
    taskid: Upid,
    progress: z
      .object({ transferred_gib: z.number(), total_gib: z.number(), percentage: z.int(), human_readable: z.string() })
      .optional(),
  })
  .meta({ id: 'TaskStatus' });
