import { z } from 'zod';
import { ClusterSnapshot } from './cluster.ts';
import { TagState } from './guest-facts.ts';
import { type EventContract, event } from './kit/event.ts';
import { Migration } from './migration.ts';
import { MigrationOutcome } from './outcome.ts';
import { Generation } from './recommendation.ts';
import { Forecast } from './trends.ts';
import { GuestType, Instant, NodeName, Percent, Vmid } from './values.ts';

export const SnapshotTaken = event('cluster.snapshot-taken', {
  publisher: 'collector',
  summary: 'The cluster was sampled',
  schema: ClusterSnapshot,
  readAt: '/api/analyze',
});

export const CollectionFailed = event('cluster.collection-failed', {
  publisher: 'collector',
  summary: 'The cluster could not be sampled; the last snapshot stays',
  schema: z.object({ reason: z.string(), kind: z.string(), last_collected_at: Instant.nullable() }),
});

export const NodeStatusChanged = event('node.status-changed', {
  publisher: 'collector',
  summary: 'A node went down, came back, appeared or vanished',
  schema: z.object({ node: NodeName, status: z.string(), previous_status: z.string() }),
});

const threshold = z.object({
  node: NodeName,
  resource: z.enum(['CPU', 'Memory']),
  value: Percent,
  threshold: Percent,
});

export const ThresholdCrossed = event('node.threshold-crossed', {
  publisher: 'collector',
  summary: 'A node is above a safety limit',
  schema: threshold,
});

export const ThresholdCleared = event('node.threshold-cleared', {
  publisher: 'collector',
  summary: 'A node is clearly below a safety limit again',
  schema: threshold,
});

export const GuestMoved = event('guest.moved', {
  publisher: 'collector',
  summary: 'A guest was found on another node, whoever moved it',
  schema: z.object({ vmid: Vmid, name: z.string(), from: NodeName, to: NodeName }),
});

export const GuestTagsChanged = event('guest.tags-changed', {
  publisher: 'collector',
  summary: 'The tags of a guest were changed, here or in Proxmox',
  schema: TagState,
});

export const RecommendationsGenerated = event('recommendations.generated', {
  publisher: 'recommender',
  summary: 'A snapshot was judged',
  schema: Generation,
  readAt: '/api/recommendations',
});

export const ForecastRaised = event('forecast.raised', {
  publisher: 'recommender',
  summary: 'A node is going to cross a threshold; told once, and again only when it gets more severe',
  schema: z.object({ ...Forecast.shape, generated_at: Instant }),
});

const migrationEvent = (participle: string, summary: string) =>
  event(`migration.${participle}`, { publisher: 'migrator', summary, schema: Migration });

export const MigrationRequested = migrationEvent('requested', 'A move was accepted and waits for its turn');
export const MigrationStarted = migrationEvent('started', 'Proxmox accepted the task');
export const MigrationProgressed = migrationEvent('progressed', 'A running move got further');
export const MigrationCompleted = migrationEvent('completed', 'The guest was found on its target');
export const MigrationFailed = migrationEvent('failed', 'The move did not end as asked; says why');
export const MigrationCancelled = migrationEvent('cancelled', 'The move was called off; the guest stayed');

export const OutcomeCaptured = event('outcome.captured', {
  publisher: 'migrator',
  summary: 'Both nodes of a past move were looked at again; the last look brings the verdict',
  schema: MigrationOutcome,
});

export const RunStarted = event('automation.run-started', {
  publisher: 'automation',
  summary: 'An automation cycle began',
  schema: z.object({ run_id: z.string(), dry_run: z.boolean(), started_at: Instant }),
});

export const AutomationDecision = z
  .object({
    vmid: Vmid,
    name: z.string(),
    source_node: z.string(),
    target_node: z.string(),
    action: z.enum(['would-migrate', 'refused']),
    reason: z.string(),
    type: GuestType.optional(),
    score_improvement: z.number().optional().describe('Points the move gains'),
    confidence_score: Percent.optional(),
  })
  .meta({ id: 'AutomationDecision' });

export const AutomationRun = z
  .object({
    run_id: z.string(),
    dry_run: z.boolean(),
    started_at: Instant,
    finished_at: Instant,
    status: z.enum(['completed', 'refused']),
    reason: z.string().describe('Why the run ended as it did'),
    decisions: z.array(AutomationDecision),
  })
  .meta({ id: 'AutomationRun' });
export type AutomationRun = z.infer<typeof AutomationRun>;

export const RunFinished = event('automation.run-finished', {
  publisher: 'automation',
  summary: 'An automation cycle ended, with every decision',
  schema: AutomationRun,
});

export const SettingsChanged = event('settings.changed', {
  publisher: 'gateway',
  summary: 'Settings were changed; names the keys, never the values',
  schema: z.object({ keys: z.array(z.string()), revision: z.int(), changed_by: z.string() }),
});

const delivery = z.object({
  delivery_id: z.string(),
  provider: z.string(),
  event_id: z.string(),
  event_type: z.string(),
  attempts: z.int(),
});

export const NotificationDelivered = event('notification.delivered', {
  publisher: 'notifier',
  summary: 'A provider took a notification',
  schema: delivery,
});

export const NotificationFailed = event('notification.failed', {
  publisher: 'notifier',
  summary: 'A notification was given up after its last try',
  schema: delivery.extend({ reason: z.string() }),
});

export const events: readonly EventContract[] = [
  SnapshotTaken,
  CollectionFailed,
  NodeStatusChanged,
  ThresholdCrossed,
  ThresholdCleared,
  GuestMoved,
  GuestTagsChanged,
  RecommendationsGenerated,
  ForecastRaised,
  MigrationRequested,
  MigrationStarted,
  MigrationProgressed,
  MigrationCompleted,
  MigrationFailed,
  MigrationCancelled,
  OutcomeCaptured,
  RunStarted,
  RunFinished,
  SettingsChanged,
  NotificationDelivered,
  NotificationFailed,
];

const byType = new Map(events.map((contract) => [contract.type, contract]));

/** The contract of an event type; undefined for one of a newer version. */
export const eventContract = (type: string): EventContract | undefined => byType.get(type);
