import { followMigrations, type Kit, type Scope } from '@proxbalance/service-kit';
import type { GatewayEnv } from './config.ts';
import type { Deps } from './deps.ts';
import { followEvents } from './events/live-events.ts';
import { guardAccess } from './http/access.ts';
import { createServer } from './http/server.ts';
import { followFailures, whyNoSnapshot } from './read-models/problems.ts';
import { followRecommendations } from './read-models/recommendations.ts';
import { followSnapshots } from './read-models/snapshot.ts';
import { automationRoutes } from './routes/automation.ts';
import { configRoutes } from './routes/config.ts';
import { connectionRoutes } from './routes/connection.ts';
import { documentation } from './routes/documentation.ts';
import { explanationRoutes } from './routes/explanations.ts';
import { getCluster } from './routes/get-cluster.ts';
import { getEvents } from './routes/get-events.ts';
import { getHealth } from './routes/get-health.ts';
import { guestRoutes } from './routes/guests.ts';
import { historyRoutes } from './routes/history.ts';
import { learningRoutes } from './routes/learning.ts';
import { migrateRoutes } from './routes/migrate.ts';
import { migrationSettingsRoutes } from './routes/migration-settings.ts';
import { outcomeRoutes } from './routes/outcomes.ts';
import { penaltyConfigRoutes } from './routes/penalty-config.ts';
import { planRoutes } from './routes/plan.ts';
import { postNotificationsTest } from './routes/post-notifications-test.ts';
import { postRefresh } from './routes/post-refresh.ts';
import { recommendationRoutes } from './routes/recommendations.ts';
import { storageRoutes } from './routes/storage.ts';
import { tagRoutes } from './routes/tags.ts';
import { openDesk } from './settings/desk.ts';
import { isConfigured } from './settings/is-configured.ts';

/** Gives the address it listens on, for who opened it in the same process. */
export async function openGateway(scope: Scope, kit: Kit, config: GatewayEnv): Promise<string> {
  const migrations = followMigrations(kit.bus);
  const lastFailure = followFailures(kit.bus);
  const deps: Deps = {
    kit,
    migrations,
    snapshots: followSnapshots(kit.bus, migrations, () =>
      whyNoSnapshot(lastFailure(), isConfigured(kit.settings.current())),
    ),
    lastFailure,
    recommendations: followRecommendations(kit.bus),
    live: followEvents(kit.bus),
    desk: openDesk(kit),
  };
  const server = createServer(scope, kit);
  await guardAccess(server, kit, config);
  getHealth(server, deps);
  getCluster(server, deps);
  postRefresh(server, deps);
  recommendationRoutes(server, deps);
  planRoutes(server, deps);
  learningRoutes(server, deps);
  explanationRoutes(server, deps);
  migrateRoutes(server, deps);
  outcomeRoutes(server, deps);
  storageRoutes(server, deps);
  automationRoutes(server, deps);
  guestRoutes(server, deps);
  tagRoutes(server, deps);
  historyRoutes(server, deps);
  configRoutes(server, deps);
  penaltyConfigRoutes(server, deps);
  migrationSettingsRoutes(server, deps);
  connectionRoutes(server, deps);
  postNotificationsTest(server, deps);
  getEvents(server, deps);
  await documentation(server, deps);
  const url = await server.listen({ host: config.PROXBALANCE_HOST, port: config.PROXBALANCE_PORT });
  kit.log.info({ url }, 'gateway listens');
  return url;
}
