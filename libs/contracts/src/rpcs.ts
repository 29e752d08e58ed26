import { z } from 'zod';
import { ReadAutomatedMigrations, ReadAutomationRuns } from './automation-history.ts';
import { GuestExplanation, MigrationOptions } from './explanation.ts';
import { GuestHistory, PermissionCheck, Tag, TagState } from './guest-facts.ts';
import { type RpcContract, rpc } from './kit/rpc.ts';
import { GiveFeedback, ReadFeedback, ReadScoreHistory, ReadWorkloadPatterns } from './learning-rpcs.ts';
import { MigrateRequest, Migration, TaskStatus } from './migration.ts';
import { ReadOutcomes, RefreshOutcomes } from './outcome-rpcs.ts';
import { PenaltyPatch } from './penalty-patch.ts';
import { MakePlan } from './plan-rpcs.ts';
import { Generation } from './recommendation.ts';
import { JudgementInput, NodeScores } from './scoring.ts';
import { Simulation } from './simulation.ts';
import { ThresholdSuggestions } from './threshold-suggestions.ts';
import { ClusterTrends, GuestMove, GuestProfile, GuestTrend } from './trends.ts';
import { Instant, NodeName, Percent, Upid, Vmid } from './values.ts';

const proxmoxErrors = [
  'proxmox-error',
  'proxmox-unreachable',
  'proxmox-timeout',
  'proxmox-not-configured',
  'broker-unavailable',
] as const;

/** Proxmox is given 15 s for each question, of which one may need several: that it was too slow must be heard from who asked it. */
const proxmoxTime = { timeoutMs: 40_000 };

export const CollectNow = rpc('collector.refresh', {
  summary: 'Take a snapshot now; requests that come while one is due share it',
  request: z.object({ requested_by: z.string() }),
  reply: z.object({ job_id: z.string() }),
  errors: ['proxmox-not-configured', 'broker-unavailable'],
});

export const EditTags = rpc('collector.edit-tags', {
  summary: 'Add and remove tags of a guest in Proxmox; two edits at once lose nothing',
  request: z.object({ vmid: Vmid, add: z.array(Tag), remove: z.array(Tag), requested_by: z.string() }),
  reply: TagState,
  errors: ['guest-not-found', 'tag-not-found', 'invalid-input', ...proxmoxErrors],
  ...proxmoxTime,
});

export const RefreshTags = rpc('collector.refresh-tags', {
  summary: 'Read the tags of a guest from Proxmox now; told to everybody when they are others than the known ones',
  request: z.object({ vmid: Vmid, known: z.array(z.string()).optional() }),
  reply: TagState,
  errors: ['guest-not-found', ...proxmoxErrors],
  ...proxmoxTime,
});

export const ReadGuestHistory = rpc('collector.guest-history', {
  summary: 'Measured history of a guest',
  request: z.object({
    vmid: Vmid,
    hours: z
      .number()
      .min(1)
      .max(24 * 90),
  }),
  reply: GuestHistory,
  errors: ['broker-unavailable'],
});

export const ReadGuestProfiles = rpc('collector.guest-profiles', {
  summary: 'How every guest behaves',
  request: z.object({}),
  reply: z.object({ profiles: z.record(z.string(), GuestProfile), generated_at: Instant }),
  errors: ['broker-unavailable'],
});

export const ReadGuestMoves = rpc('collector.guest-moves', {
  summary: 'Which guests were found on another node, and when: the load of both nodes jumps then',
  request: z.object({
    hours: z
      .number()
      .min(1)
      .max(24 * 90),
  }),
  reply: z.object({ moves: z.array(GuestMove).describe('Oldest first') }),
  errors: ['broker-unavailable'],
});

const trendRequest = { lookback_days: z.number().min(1).max(90) };

export const ReadNodeTrends = rpc('collector.node-trends', {
  summary: 'Where nodes are heading; all that are known when none is named',
  request: z.object({
    ...trendRequest,
    nodes: z.array(NodeName).optional(),
    cpu_threshold: Percent,
    mem_threshold: Percent,
  }),
  reply: ClusterTrends,
  errors: ['broker-unavailable'],
});

export const ReadGuestTrend = rpc('collector.guest-trend', {
  summary: 'Where a guest is heading',
  request: z.object({ ...trendRequest, vmid: Vmid }),
  reply: GuestTrend,
  errors: ['broker-unavailable'],
});

export const ValidateToken = rpc('collector.validate-token', {
  summary: 'Try a token on the configured Proxmox; *** as its secret stands for the saved one of the same token',
  request: z.object({ token_id: z.string(), token_secret: z.string() }),
  reply: z.object({ version: z.string(), permissions: z.array(PermissionCheck) }),
  errors: ['token-refused', 'invalid-input', ...proxmoxErrors],
  ...proxmoxTime,
});

export const ReadPermissions = rpc('collector.permissions', {
  summary: 'What the configured token may do',
  request: z.object({}),
  reply: z.object({ permissions: z.array(PermissionCheck) }),
  errors: proxmoxErrors,
  ...proxmoxTime,
});

export const Generate = rpc('recommender.generate', {
  summary: 'The generation of the latest snapshot: made and told once, the same for all who ask for the same',
  request: JudgementInput,
  reply: Generation,
  errors: ['no-snapshot', 'node-not-found', 'service-unavailable', 'broker-unavailable', 'internal'],
  timeoutMs: 30_000,
});

export const ScoreNodes = rpc('recommender.score-nodes', {
  summary: 'Score every node as a target, for one guest or for a neutral one',
  request: JudgementInput.extend({ vmid: Vmid.optional() }),
  reply: NodeScores,
  errors: ['no-snapshot', 'guest-not-found'],
  timeoutMs: 30_000,
});

export const ExplainGuest = rpc('recommender.explain-guest', {
  summary: 'Why a guest moves or stays: every filter, every part of the scores, and the least that would change it',
  request: z.object({ vmid: Vmid }),
  reply: GuestExplanation,
  errors: ['no-snapshot', 'guest-not-found'],
  timeoutMs: 30_000,
});

export const ListMigrationOptions = rpc('recommender.migration-options', {
  summary: 'Every node as a place for one guest, the best first',
  request: JudgementInput.extend({ vmid: Vmid }),
  reply: MigrationOptions,
  errors: ['no-snapshot', 'guest-not-found', 'node-not-found'],
  timeoutMs: 30_000,
});

export const Simulate = rpc('recommender.simulate', {
  summary: 'Judge the latest snapshot with the saved penalties and with others, and compare; nothing is kept or told',
  request: JudgementInput.extend({ config: PenaltyPatch }),
  reply: Simulation,
  errors: ['no-snapshot', 'node-not-found', 'invalid-input'],
  timeoutMs: 30_000,
});

export const SuggestThresholds = rpc('recommender.suggest-thresholds', {
  summary: 'Thresholds that fit the latest snapshot',
  request: z.object({}),
  reply: ThresholdSuggestions,
  errors: ['no-snapshot'],
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
  ...proxmoxTime,
});

export const CancelMigration = rpc('migrator.cancel', {
  summary: 'Call off a queued or running move, by UPID or migration id',
  request: z.object({ id: z.string().max(300), requested_by: z.string() }),
  reply: z.object({ message: z.string(), migration: Migration.nullable() }),
  errors: ['invalid-input', 'migration-not-found', 'task-not-found', 'node-not-found', 'conflict', ...proxmoxErrors],
  ...proxmoxTime,
});

export const ReadTask = rpc('migrator.task', {
  summary: 'Status of a Proxmox task, asked live',
  request: z.object({ node: NodeName, upid: Upid }),
  reply: TaskStatus,
  errors: ['invalid-input', 'task-not-found', 'node-not-found', ...proxmoxErrors],
  ...proxmoxTime,
});

export const StopTask = rpc('migrator.stop-task', {
  summary: 'Stop a running migration task',
  request: z.object({ node: NodeName, upid: Upid, requested_by: z.string() }),
  reply: z.object({ message: z.string() }),
  errors: ['invalid-input', 'task-not-found', 'node-not-found', 'conflict', ...proxmoxErrors],
  ...proxmoxTime,
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
  EditTags,
  RefreshTags,
  ReadGuestHistory,
  ReadGuestProfiles,
  ReadGuestMoves,
  ReadNodeTrends,
  ReadGuestTrend,
  ValidateToken,
  ReadPermissions,
  Generate,
  ScoreNodes,
  ReadScoreHistory,
  ReadWorkloadPatterns,
  GiveFeedback,
  ReadFeedback,
  ExplainGuest,
  ListMigrationOptions,
  Simulate,
  MakePlan,
  SuggestThresholds,
  Migrate,
  CancelMigration,
  ReadTask,
  StopTask,
  ReadOutcomes,
  RefreshOutcomes,
  ReadAutomationRuns,
  ReadAutomatedMigrations,
  TestNotification,
];
