import {
  CollectNow,
  EditTags,
  MigrationCancelled,
  MigrationCompleted,
  MigrationFailed,
  ReadGuestHistory,
  ReadGuestMoves,
  ReadGuestProfiles,
  ReadGuestTrend,
  ReadNodeTrends,
  ReadPermissions,
  RefreshTags,
  ValidateToken,
} from '@proxbalance/contracts';
import { connectWithToken, followConnection, type RequestInfo } from '@proxbalance/proxmox';
import type { KitEnv } from '@proxbalance/service-kit';
import { answer, type OpenService } from '@proxbalance/service-kit';
import { openConfigReader } from './config-reader.ts';
import { openFreshTags } from './fresh-tags.ts';
import { openHistoryReader } from './history-reader.ts';
import { openBackfiller } from './jobs/backfill.ts';
import { collect } from './jobs/collect.ts';
import { openRollUps } from './jobs/roll-up.ts';
import { openMemory } from './memory.ts';
import { openNodeFactsReader } from './node-facts-reader.ts';
import { paceOf } from './pace.ts';
import { openTiers } from './read-tiers.ts';
import { readGuestMoves } from './requests/guest-moves.ts';
import { readGuestHistory, readGuestTrend } from './requests/history.ts';
import { readNodeTrends } from './requests/node-trends.ts';
import { readPermissions, validateToken } from './requests/permissions.ts';
import { readGuestProfiles } from './requests/profiles.ts';
import { editTags, refreshTags } from './requests/tags.ts';
import { openSchedule } from './schedule.ts';
import { openCatalogue } from './series/catalogue.ts';
import { openSeriesReader, type Series } from './series/reader.ts';
import { openRecorder } from './series/recorder.ts';
import { openSeriesStore } from './series/store.ts';

const waitMs = 2000;

export const openCollector: OpenService<KitEnv> = async (scope, kit) => {
  const { bus, log, metrics, redis, settings, keyPrefix } = kit;
  const now = () => new Date();
  const pace = () => paceOf(settings.current());
  const timeZone = () => settings.current().time_zone;
  let requests = 0;
  const requestSeconds = metrics.histogram('proxbalance_proxmox_request_seconds', 'Requests to Proxmox', [
    'method',
    'path',
    'status',
  ]);
  const onRequest = ({ method, path, status, ms }: RequestInfo) => {
    requests++;
    requestSeconds.observe({ method, path, status: String(status ?? 'none') }, ms / 1000);
  };
  const link = scope.use(followConnection(settings, onRequest), (it) => it.close());
  const freshTags = openFreshTags(redis, keyPrefix);
  const store = openSeriesStore(redis, keyPrefix);
  const series: Series = { store, catalogue: openCatalogue(redis, keyPrefix), reader: openSeriesReader(store) };
  const recorder = scope.use(openRecorder({ ...series, log, now }), (it) => it.close());
  const backfiller = scope.use(openBackfiller({ series, log, now, signal: scope.signal }), (it) => it.settled());
  const take = collect({
    link,
    bus,
    log,
    now,
    waitMs,
    memory: openMemory(redis, keyPrefix),
    tiers: openTiers(log, now),
    configs: openConfigReader(log, now, scope.signal, pace),
    histories: openHistoryReader(log, now, scope.signal, pace),
    nodeFacts: scope.use(openNodeFactsReader(log, now, scope.signal), async (it) => void (await it.settled())),
    freshTags,
    recorder,
    backfiller,
    requestCount: () => requests,
  });
  const schedule = await openSchedule(scope, kit, take);
  await openRollUps(scope, kit, series);

  const refreshAfterMove = async () => {
    await schedule.collectNow();
  };
  await bus.subscribe(MigrationCompleted, refreshAfterMove);
  await bus.subscribe(MigrationFailed, refreshAfterMove);
  await bus.subscribe(MigrationCancelled, refreshAfterMove);
  const tagDeps = { link, bus, log, now, freshTags };
  scope.use(
    await bus.serve([
      answer(CollectNow, async () => {
        link.get();
        return { job_id: await schedule.collectNow() };
      }),
      answer(EditTags, editTags(tagDeps)),
      answer(RefreshTags, refreshTags(tagDeps)),
      answer(
        ValidateToken,
        validateToken(
          (token) => connectWithToken(settings.current(), token, onRequest),
          () => {
            const { proxmox_api_token_id: id, proxmox_api_token_secret: secret } = settings.current();
            return { id, secret };
          },
        ),
      ),
      answer(
        ReadPermissions,
        readPermissions(link.get, () => settings.current().proxmox_api_token_id),
      ),
      answer(ReadGuestHistory, readGuestHistory({ series, now })),
      answer(ReadGuestTrend, readGuestTrend({ series, now, timeZone })),
      answer(ReadNodeTrends, readNodeTrends({ series, now, timeZone })),
      answer(ReadGuestProfiles, readGuestProfiles({ series, now, timeZone })),
      answer(ReadGuestMoves, readGuestMoves({ series, now })),
    ]),
    (stop) => stop(),
  );
};
