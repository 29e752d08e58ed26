import type { Kit, MigrationsView } from '@proxbalance/service-kit';
import type { LiveEvents } from './events/live-events.ts';
import type { RecommendationsModel } from './read-models/recommendations.ts';
import type { SnapshotModel } from './read-models/snapshot.ts';
import type { SettingsDesk } from './settings/desk.ts';

/** What routes work with. */
export type Deps = {
  kit: Kit;
  snapshots: SnapshotModel;
  recommendations: RecommendationsModel;
  migrations: MigrationsView;
  live: LiveEvents;
  desk: SettingsDesk;
};
