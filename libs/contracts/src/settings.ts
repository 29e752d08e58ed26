import { z } from 'zod';
import { DistributionBalancing, MoveRules, SafetyChecks } from './balancing-settings.ts';
import { deepPartial } from './kit/deep-partial.ts';
import { MigrationSettings } from './migration-settings.ts';
import { PenaltyConfig } from './penalties.ts';
import { Thresholds } from './scoring.ts';
import { TimeZone } from './time-zone.ts';

/** Text that is encrypted at rest and leaves as `***`. */
const secret = () => z.string().max(4096).default('').meta({ secret: true });

const hostList = z
  .string()
  .max(1000)
  .regex(/^$|^[^\s,/@]+(:\d+)?(\s*,\s*[^\s,/@]+(:\d+)?)*$/, 'must be host[:port], several separated by commas')
  .refine((value) => value !== 'CHANGE_ME', 'is still the placeholder CHANGE_ME');

/** An address that is secret: `***` is how it leaves, and "keep it" on the way in. */
const secretUrl = z
  .string()
  .max(2000)
  .refine((value) => value === '' || value === '***' || isHttpUrl(value), 'must be an http:// or https:// address')
  .default('')
  .meta({ secret: true });

/** One line of what HTTP allows in a header: a break in it would make every delivery fail. */
const headerValue = z
  .string()
  .max(4096)
  .regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'must be one line of printable characters');

export const WebhookProvider = z
  .strictObject({
    enabled: z.boolean().default(false),
    url: secretUrl,
    headers: z
      .record(z.string().regex(/^[A-Za-z0-9-]+$/, 'must be a header name'), headerValue)
      .default({})
      .meta({ secret: true }),
  })
  .meta({ id: 'WebhookProvider' });

export const NotificationSettings = z
  .strictObject({
    enabled: z.boolean().default(false),
    on_action: z.boolean().default(true).describe('Tell about migrations that ended'),
    on_node_status: z.boolean().default(true).describe('Tell when a node goes down or comes back'),
    on_collector_status: z.boolean().default(false).describe('Tell when the cluster can’t be read'),
    providers: z.strictObject({ webhook: WebhookProvider.prefault({}) }).prefault({}),
  })
  .meta({ id: 'NotificationSettings' });

export const AutomationSettings = z
  .strictObject({
    enabled: z.boolean().default(false),
    dry_run: z
      .boolean()
      .refine((dry) => dry, 'automation can only observe so far: dry_run must stay true')
      .default(true),
    check_interval_minutes: z.int().min(1).max(1440).default(5),
    notifications: NotificationSettings.prefault({}),
    rules: MoveRules.prefault({}),
    safety_checks: SafetyChecks.prefault({}),
  })
  .meta({ id: 'AutomationSettings' });

export const MigrationLimits = z
  .strictObject({
    cluster: z.int().min(1).max(64).default(4).describe('Moves running at once in the cluster'),
    per_source: z.int().min(1).max(16).default(2).describe('Moves leaving one node at once'),
    per_target: z.int().min(1).max(16).default(1).describe('Moves entering one node at once'),
  })
  .meta({ id: 'MigrationLimits' });
export type MigrationLimits = z.output<typeof MigrationLimits>;

/** What a full refresh does; named sizes stand for sensible values. */
const collection = {
  cluster_size: z
    .enum(['small', 'medium', 'large', 'custom'])
    .describe('small: up to 30 guests, medium: 100, large: more'),
  parallel_collection_enabled: z.boolean(),
  max_parallel_workers: z.int().min(1).max(10).describe('Requests to Proxmox at once'),
  skip_stopped_guest_rrd: z
    .boolean()
    .describe('Of the earlier system; the past of guests that do not run is never read'),
  node_rrd_timeframe: z
    .enum(['hour', 'day', 'week'])
    .describe('Of the earlier system; a day and a week are always read'),
  guest_rrd_timeframe: z
    .enum(['hour', 'day', 'week'])
    .describe('Of the earlier system; a day and a week are always read, of the busiest guests'),
};

/** The same with nothing required, as a caller sends it. */
export const CollectionSettings = z.strictObject(collection).partial().meta({ id: 'CollectionSettings' });

const CollectionOptimization = z
  .strictObject({
    cluster_size: collection.cluster_size.default('medium'),
    parallel_collection_enabled: collection.parallel_collection_enabled.default(true),
    max_parallel_workers: collection.max_parallel_workers.default(5),
    skip_stopped_guest_rrd: collection.skip_stopped_guest_rrd.default(true),
    node_rrd_timeframe: collection.node_rrd_timeframe.default('day'),
    guest_rrd_timeframe: collection.guest_rrd_timeframe.default('hour'),
  })
  .meta({ id: 'CollectionOptimization' });

/**
 * Everything a person can set, one document. Secrets are marked with `secret` and handled by that mark alone:
 * encrypted at rest, `***` on the way out, kept when `***` comes back.
 */
export const Settings = z
  .strictObject({
    proxmox_host: hostList.default('').describe('host[:port] of any node; several separated by commas fail over'),
    proxmox_port: z.int().min(1).max(65_535).default(8006),
    proxmox_auth_method: z.enum(['api_token']).default('api_token'),
    proxmox_api_token_id: z
      .string()
      .max(200)
      .regex(/^$|^[^\s!:=]+@[^\s!:=]+![A-Za-z][\w.-]+$/, 'must be user@realm!name')
      .default(''),
    proxmox_api_token_secret: secret(),
    proxmox_verify_ssl: z.boolean().default(true).describe('false turns TLS verification off, visibly'),
    proxmox_fingerprints: z
      .array(z.string().regex(/^([0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2}$/, 'must be a SHA-256 fingerprint, AA:BB:…'))
      .max(64)
      .default([])
      .describe('Pinned leaf certificates; one of them must match'),
    proxmox_ca: z.string().max(100_000).default('').describe('PEM of the cluster’s CA'),
    collection_interval_minutes: z.int().min(1).max(240).default(60).describe('Minutes between full refreshes'),
    live_interval_seconds: z.int().min(10).max(300).default(10).describe('Seconds between live samples'),
    collection_optimization: CollectionOptimization.prefault({}),
    ui_refresh_interval_minutes: z.int().min(1).max(240).default(15),
    time_zone: TimeZone.default('UTC').describe('IANA name of the zone that hours of the day are meant in'),
    recommendation_thresholds: Thresholds.prefault({}),
    penalty_scoring: PenaltyConfig.prefault({}),
    distribution_balancing: DistributionBalancing.prefault({}),
    migration_settings: MigrationSettings.prefault({}),
    maintenance_nodes: z
      .array(z.string().min(1).max(63))
      .max(64)
      .default([])
      .describe('Nodes to be emptied; never a target'),
    migration_limits: MigrationLimits.prefault({}),
    automated_migrations: AutomationSettings.prefault({}),
  })
  .meta({ id: 'Settings' });
export type Settings = z.output<typeof Settings>;

/** The part of `Settings` a caller wants changed; objects merge, lists and values replace. */
export const SettingsPatch = z.lazy(() => deepPartial(Settings)).meta({ id: 'SettingsPatch' });

export const defaultSettings = (): Settings => Settings.parse({});

function isHttpUrl(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}
