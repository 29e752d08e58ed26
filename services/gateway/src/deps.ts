import type { Kit, MigrationsView } from '@proxbalance/service-kit';
import type { LiveEvents } from './events/live-events.ts';
import type { followFailures } from './read-models/problems.ts';
import type { RecommendationsModel } from './read-models/recommendations.ts';
import type { SnapshotModel } from './read-models/snapshot.ts';
import type { SettingsDesk } from './settings/desk.ts';

/** What routes work with. */
export type Deps = {
  kit: Kit;
  snapshots: SnapshotModel;
  /** The latest attempt to read the cluster that failed. */
  lastFailure: ReturnType<typeof followFailures>;
  recommendations: RecommendationsModel;
  migrations: MigrationsView;
  live: LiveEvents;
  desk: SettingsDesk;
};
