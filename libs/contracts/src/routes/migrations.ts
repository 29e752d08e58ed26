import { z } from 'zod';
import { route } from '../kit/route.ts';
import { Migration } from '../migration.ts';
import { GuestType, NodeName, Upid, Vmid, VmidText } from '../values.ts';
import { ok, proxmox } from './shapes.ts';

export const PostMigrate = route('POST', '/api/migrate', {
  tag: 'Migrations',
  summary: 'Move one guest; answers when Proxmox took the task, or after 5 s while the move waits for its turn',
  role: 'operator',
  body: z.strictObject({
    vmid: Vmid,
    source_node: NodeName,
    target_node: NodeName,
    guest_type: GuestType.optional(),
    type: GuestType.optional().describe('Older name of guest_type'),
  }),
  reply: ok({
    message: z.string(),
    migration_id: z.uuid(),
    task_id: Upid.nullable().describe('null: the move waits'),
    state: Migration.shape.state,
    source_node: NodeName,
    target_node: NodeName,
    vmid: Vmid,
    type: GuestType,
  }),
  errors: [
    'guest-not-found',
    'node-not-found',
    'guest-already-migrating',
    'guest-elsewhere',
    'guest-not-movable',
    'check-failed',
    'no-snapshot',
    ...proxmox,
  ],
});

export const PostCancelMigration = route('POST', '/api/migrations/:task_id/cancel', {
  tag: 'Migrations',
  summary: 'Call off a queued or running move, by UPID or migration id',
  role: 'operator',
  params: z.strictObject({ task_id: z.string().min(1).max(300).describe('UPID or migration id, URL-encoded') }),
  reply: ok({ message: z.string(), migration: Migration.nullable() }),
  errors: ['migration-not-found', 'task-not-found', 'node-not-found', 'conflict', ...proxmox],
});

export const GetMigrationStatus = route('GET', '/api/guests/:vmid/migration-status', {
  tag: 'Migrations',
  summary: 'Whether a guest is moving now, whoever moves it, and how its last move went',
  role: 'viewer',
  params: z.strictObject({ vmid: VmidText }),
  reply: ok({
    is_migrating: z.boolean(),
    task_id: z.string().nullable().optional(),
    source_node: z.string().optional(),
    target_node: z.string().optional(),
    type: z.string().optional().describe('Proxmox task type'),
    migration: Migration.nullable().describe('The product’s own latest move of this guest'),
  }),
  errors: ['guest-not-found', 'no-snapshot'],
});
