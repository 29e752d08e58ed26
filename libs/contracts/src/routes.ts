import type { RouteContract } from './kit/route.ts';
import * as automation from './routes/automation.ts';
import * as cluster from './routes/cluster.ts';
import * as configuration from './routes/configuration.ts';
import * as connection from './routes/connection.ts';
import * as documentation from './routes/documentation.ts';
import * as events from './routes/events.ts';
import * as explanations from './routes/explanations.ts';
import * as guestFacts from './routes/guest-facts.ts';
import * as guests from './routes/guests.ts';
import * as health from './routes/health.ts';
import * as learning from './routes/learning.ts';
import * as migrationSettings from './routes/migration-settings.ts';
import * as migrations from './routes/migrations.ts';
import * as nodes from './routes/nodes.ts';
import * as notifications from './routes/notifications.ts';
import * as outcomes from './routes/outcomes.ts';
import * as penaltyConfig from './routes/penalty-config.ts';
import * as plan from './routes/plan.ts';
import * as recommendations from './routes/recommendations.ts';

export * from './routes/automation.ts';
export * from './routes/cluster.ts';
export * from './routes/configuration.ts';
export * from './routes/connection.ts';
export * from './routes/documentation.ts';
export * from './routes/events.ts';
export * from './routes/explanations.ts';
export * from './routes/guest-facts.ts';
export * from './routes/guests.ts';
export * from './routes/health.ts';
export * from './routes/learning.ts';
export * from './routes/migration-settings.ts';
export * from './routes/migrations.ts';
export * from './routes/nodes.ts';
export * from './routes/notifications.ts';
export * from './routes/outcomes.ts';
export * from './routes/penalty-config.ts';
export * from './routes/plan.ts';
export * from './routes/recommendations.ts';

/** Every endpoint, by subject in the order of the API reference. */
export const routes: readonly RouteContract[] = [
  ...Object.values(health),
  ...Object.values(cluster),
  ...Object.values(recommendations),
  ...Object.values(plan),
  ...Object.values(learning),
  ...Object.values(explanations),
  ...Object.values(migrations),
  ...Object.values(outcomes),
  ...Object.values(nodes),
  ...Object.values(automation),
  ...Object.values(guests),
  ...Object.values(guestFacts),
  ...Object.values(configuration),
  ...Object.values(penaltyConfig),
  ...Object.values(migrationSettings),
  ...Object.values(connection),
  ...Object.values(notifications),
  ...Object.values(events),
  ...Object.values(documentation),
];
