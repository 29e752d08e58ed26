import { z } from 'zod';
import { type RpcContract, rpc } from './kit/rpc.ts';
import { MigrateRequest, Migration, TaskStatus } from './migration.ts';
import { Generation } from './recommendation.ts';
import { JudgementInput, NodeScores } from './scoring.ts';
import { NodeName, Upid, Vmid } from './values.ts';

const proxmoxErrors = [
  'proxmox-error',
  'proxmox-unreachable',
  'proxmox-timeout',
  'proxmox-not-configured',
  'broker-unavailable',
] as const;

export const CollectNow = rpc('collector.refresh', {
  summary: 'Take a snapshot now; requests that come while one is due share it',
  request: z.object({ requested_by: z.string() }),
  reply: z.object({ job_id: z.string() }),
  errors: ['proxmox-not-configured', 'broker-unavailable'],
});

export const Generate = rpc('recommender.generate', {
  summary: 'Judge the latest snapshot and publish the generation',
  request: JudgementInput,
  reply: Generation,
  errors: ['no-snapshot', 'invalid-input'],
  timeoutMs: 30_000,
});

export const ScoreNodes = rpc('recommender.score-nodes', {
  summary: 'Score every node as a target, for one guest or for a neutral one',
  request: JudgementInput.extend({ vmid: Vmid.optional() }),
  reply: NodeScores,
  errors: ['no-snapshot', 'guest-not-found'],
  timeoutMs: 30_000,
});

export const Migrate = rpc('migrator.migrate', {
  summary: 'Accept a move; answers when Proxmox took the task, or after 5 s while it waits',
  request: MigrateRequest,
  reply: Migration,
  errors: [
    'guest-not-found',
    'node-not-found',
    'invalid-input',
    'guest-already-migrating',
    'guest-elsewhere',
    'guest-not-movable',
    'check-failed',
    ...proxmoxErrors,
  ],
  timeoutMs: 20_000,
});

export const CancelMigration = rpc('migrator.cancel', {
  summary: 'Call off a queued or running move, by UPID or migration id',
  request: z.object({ id: z.string().max(300), requested_by: z.string() }),
  reply: z.object({ message: z.string(), migration: Migration.nullable() }),
  errors: ['invalid-input', 'migration-not-found', 'task-not-found', 'conflict', ...proxmoxErrors],
  timeoutMs: 20_000,
});

export const ReadTask = rpc('migrator.task', {
  summary: 'Status of a Proxmox task, asked live',
  request: z.object({ node: NodeName, upid: Upid }),
  reply: TaskStatus,
  errors: ['invalid-input', 'task-not-found', 'node-not-found', ...proxmoxErrors],
  timeoutMs: 20_000,
});

export const TestNotification = rpc('notifier.test', {
  summary: 'Send a test message through one provider now',
  request: z.object({ provider: z.string().max(50) }),
  reply: z.object({ provider: z.string(), status: z.int() }),
  errors: ['invalid-input', 'delivery-failed'],
  timeoutMs: 20_000,
});

export const rpcs: readonly RpcContract[] = [
  CollectNow,
  Generate,
  ScoreNodes,
  Migrate,
  CancelMigration,
  ReadTask,
  TestNotification,
];
