import { z } from 'zod';
import { ClusterHealth, ClusterSnapshot, ClusterSummary, Guest, Node, PveCrs } from './cluster.ts';
import { type RouteContract, route } from './kit/route.ts';
import { Migration, TaskStatus } from './migration.ts';
import { Generation, Recommendation } from './recommendation.ts';
import { JudgementInput, NodeScores } from './scoring.ts';
import { Settings, SettingsPatch } from './settings.ts';
import { GuestType, Instant, NodeName, Upid, Vmid, VmidText } from './values.ts';

const ok = <S extends z.ZodRawShape>(shape: S) => z.object({ success: z.literal(true), ...shape });
const data = <T extends z.ZodType>(schema: T) => ok({ data: schema });
const wholeNumber = (max: number, description: string) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(0).max(max))
    .describe(description);

const proxmox = [
  'proxmox-error',
  'proxmox-unreachable',
  'proxmox-timeout',
  'proxmox-not-configured',
  'service-unavailable',
  'broker-unavailable',
] as const;

export const GetHealth = route('GET', '/api/health', {
  tag: 'Health',
  summary: 'Whether the API serves, and what it can and cannot reach',
  role: null,
  reply: z.object({
    status: z.literal('ok'),
    timestamp: Instant,
    version: z.object({ version: z.string() }),
    cache_available: z.boolean().describe('A snapshot is there'),
    cache_age: Instant.nullable().describe('When the snapshot was taken'),
    ready: z.boolean(),
    dependencies: z.record(z.string(), z.object({ ok: z.boolean(), detail: z.string() })),
    proxmox: z.object({ configured: z.boolean(), tls: z.string().nullable(), from_environment: z.boolean() }),
  }),
  errors: [],
});

const clusterData = { tag: 'Cluster', role: 'viewer', errors: ['no-snapshot'] } as const;

export const Analyze = route('GET', '/api/analyze', {
  ...clusterData,
  summary: 'The whole snapshot: nodes, guests, metrics, trends',
  reply: data(ClusterSnapshot),
});

export const GetClusterSummary = route('GET', '/api/cluster-summary', {
  ...clusterData,
  summary: 'Counts, health and resource totals',
  reply: data(
    z.object({
      collected_at: Instant,
      summary: ClusterSummary,
      cluster_health: ClusterHealth,
      pve_crs: PveCrs.nullable(),
      node_count: z.int(),
      guest_count: z.int(),
      totals: z.object({
        cpu_cores: z.number(),
        cpu_used_cores: z.number(),
        mem_gb: z.number(),
        mem_used_gb: z.number(),
        storage_gb: z.number(),
        storage_used_gb: z.number(),
      }),
    }),
  ),
});

export const GetNodesOnly = route('GET', '/api/nodes-only', {
  ...clusterData,
  summary: 'Nodes without guest details',
  reply: data(z.object({ nodes: z.record(z.string(), Node), collected_at: Instant })),
});

export const GetGuestsOnly = route('GET', '/api/guests-only', {
  ...clusterData,
  summary: 'Guests without node details',
  reply: data(z.object({ guests: z.record(z.string(), Guest), collected_at: Instant })),
});

export const PostRefresh = route('POST', '/api/refresh', {
  tag: 'Cluster',
  summary: 'Collect now; requests that come while a collection is due share it',
  role: 'operator',
  reply: ok({ message: z.string(), job_id: z.string() }),
  errors: proxmox,
});

export const PostRecommendations = route('POST', '/api/recommendations', {
  tag: 'Recommendations',
  summary: 'Judge the latest snapshot with these thresholds; what is absent comes from the settings',
  role: 'operator',
  body: JudgementInput,
  reply: ok(Generation.shape),
  errors: ['no-snapshot', 'node-not-found', 'service-unavailable', 'broker-unavailable'],
});

export const GetRecommendations = route('GET', '/api/recommendations', {
  tag: 'Recommendations',
  summary: 'The last generation, filtered, sorted and paged',
  role: 'viewer',
  query: z.strictObject({
    limit: wholeNumber(100_000, 'Longest list wanted').optional(),
    offset: wholeNumber(100_000, 'How many to leave out at the start').optional(),
    min_confidence: wholeNumber(100, 'Lowest confidence_score wanted, percent').optional(),
    target_node: NodeName.optional().describe('Only moves to this node'),
    source_node: NodeName.optional().describe('Only moves away from this node'),
    sort: z
      .enum(['score_improvement', 'confidence_score', 'risk_score', 'priority'])
      .optional()
      .describe('Order by this field'),
    sort_dir: z.enum(['asc', 'desc']).optional().describe('Ascending or descending'),
  }),
  reply: ok({
    ...Generation.shape,
    recommendations: z.array(Recommendation),
    total_count: z.int(),
    filtered_count: z.int(),
  }),
  errors: ['no-recommendations'],
});

export const PostNodeScores = route('POST', '/api/node-scores', {
  tag: 'Recommendations',
  summary: 'Every node as a target, for one guest or for a neutral one',
  role: 'viewer',
  body: JudgementInput.extend({ vmid: Vmid.optional() }),
  reply: ok({ scores: NodeScores }),
  errors: ['no-snapshot', 'guest-not-found', 'node-not-found', 'service-unavailable', 'broker-unavailable'],
});

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
  errors: ['migration-not-found', 'task-not-found', 'conflict', ...proxmox],
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

const location = { vmid: Vmid, node: NodeName, type: GuestType, status: z.string(), name: z.string() };

export const GetGuestLocation = route('GET', '/api/guests/:vmid/location', {
  tag: 'Guests',
  summary: 'Where a guest is',
  role: 'viewer',
  params: z.strictObject({ vmid: VmidText }),
  reply: ok(location),
  errors: ['guest-not-found', 'no-snapshot'],
});

export const GetGuestLocations = route('GET', '/api/guests/locations', {
  tag: 'Guests',
  summary: 'Where every guest is',
  role: 'viewer',
  reply: ok({
    guests: z.record(z.string(), z.object(location)),
    nodes: z.record(z.string(), z.object({ name: NodeName, status: z.string(), guests: z.array(Vmid) })),
  }),
  errors: ['no-snapshot'],
});

export const GetTask = route('GET', '/api/tasks/:node/:taskid', {
  tag: 'Guests',
  summary: 'Status of a Proxmox task, asked live',
  role: 'viewer',
  params: z.strictObject({
    node: NodeName.describe('Node the task runs on'),
    taskid: Upid.describe('Proxmox task id (UPID), URL-encoded'),
  }),
  reply: ok(TaskStatus.shape),
  errors: ['task-not-found', 'node-not-found', ...proxmox],
});

export const GetConfig = route('GET', '/api/config', {
  tag: 'Configuration',
  summary: 'All settings; secrets as ***',
  role: 'viewer',
  reply: ok({ config: Settings, from_environment: z.array(z.string()).describe('Keys the environment decides') }),
  errors: ['broker-unavailable'],
});

export const PostConfig = route('POST', '/api/config', {
  tag: 'Configuration',
  summary: 'Change some settings; *** keeps a secret',
  role: 'admin',
  body: SettingsPatch,
  reply: ok({ message: z.string(), config: Settings, from_environment: z.array(z.string()) }),
  errors: ['settings-from-environment', 'conflict', 'broker-unavailable'],
});

export const PostNotificationsTest = route('POST', '/api/notifications/test', {
  tag: 'Notifications',
  summary: 'Send a test message through one provider now',
  role: 'operator',
  body: z.strictObject({ provider: z.enum(['webhook']) }),
  reply: ok({ message: z.string(), provider: z.string() }),
  errors: ['delivery-failed', 'service-unavailable', 'broker-unavailable'],
});

export const GetEvents = route('GET', '/api/events', {
  tag: 'Events',
  summary: 'Live CloudEvents (Server-Sent Events); Last-Event-ID replays what was missed',
  role: 'viewer',
  query: z.strictObject({
    types: z
      .string()
      .max(1000)
      .regex(/^[a-z0-9*.-]+(,[a-z0-9*.-]+)*$/, 'must be a comma list of event types, * as a wildcard')
      .optional()
      .describe('Comma list of event types, * as a wildcard: migration.*,settings.changed'),
  }),
  reply: z.string().describe('One event a block: id, event (type), data (CloudEvents JSON)'),
  contentType: 'text/event-stream',
  errors: ['broker-unavailable'],
});

export const GetOpenApi = route('GET', '/api/openapi.json', {
  tag: 'Documentation',
  summary: 'This API, OpenAPI 3.1',
  role: null,
  reply: z.looseObject({}),
  errors: [],
});

export const GetAsyncApi = route('GET', '/api/asyncapi.json', {
  tag: 'Documentation',
  summary: 'The events, AsyncAPI 3.0',
  role: null,
  reply: z.looseObject({}),
  errors: [],
});

export const routes: readonly RouteContract[] = [
  GetHealth,
  Analyze,
  GetClusterSummary,
  GetNodesOnly,
  GetGuestsOnly,
  PostRefresh,
  PostRecommendations,
  GetRecommendations,
  PostNodeScores,
  PostMigrate,
  PostCancelMigration,
  GetMigrationStatus,
  GetGuestLocation,
  GetGuestLocations,
  GetTask,
  GetConfig,
  PostConfig,
  PostNotificationsTest,
  GetEvents,
  GetOpenApi,
  GetAsyncApi,
];
