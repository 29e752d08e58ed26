import { CollectNow, MigrationCancelled, MigrationCompleted, MigrationFailed } from '@proxbalance/contracts';
import { followConnection } from '@proxbalance/proxmox';
import type { KitEnv } from '@proxbalance/service-kit';
import { answer, type OpenService } from '@proxbalance/service-kit';
import { openConfigReader } from './config-reader.ts';
import { openHistoryReader } from './history-reader.ts';
import { collect } from './jobs/collect.ts';
import { openMemory } from './memory.ts';
import { openTiers } from './read-tiers.ts';
import { openSchedule } from './schedule.ts';

const waitMs = 2000;

export const openCollector: OpenService<KitEnv> = async (scope, kit) => {
  const { bus, log, metrics, redis, settings, keyPrefix } = kit;
  const now = () => new Date();
  let requests = 0;
  const requestSeconds = metrics.histogram('proxbalance_proxmox_request_seconds', 'Requests to Proxmox', [
    'method',
    'path',
    'status',
  ]);
  const link = scope.use(
    followConnection(settings, ({ method, path, status, ms }) => {
      requests++;
      requestSeconds.observe({ method, path, status: String(status ?? 'none') }, ms / 1000);
    }),
    (it) => it.close(),
  );
  const take = collect({
    link,
    bus,
    log,
    now,
    waitMs,
    memory: openMemory(redis, keyPrefix),
    readTiers: openTiers(log, now),
    configs: openConfigReader(log, now, scope.signal),
    histories: openHistoryReader(log, now, scope.signal),
    requestCount: () => requests,
  });
  const schedule = await openSchedule(scope, kit, take);

  const refreshAfterMove = async () => {
    await schedule.collectNow();
  };
  await bus.subscribe(MigrationCompleted, refreshAfterMove);
  await bus.subscribe(MigrationFailed, refreshAfterMove);
  await bus.subscribe(MigrationCancelled, refreshAfterMove);
  scope.use(
    await bus.serve([
      answer(CollectNow, async () => {
        link.get();
        return { job_id: await schedule.collectNow() };
      }),
    ]),
    (stop) => stop(),
  );
};
