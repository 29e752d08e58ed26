import { CancelMigration, Migrate, ReadTask, StopTask } from '@proxbalance/contracts';
import { followConnection } from '@proxbalance/proxmox';
import { answer, type Kit, type KitEnv, type OpenService, type Scope } from '@proxbalance/service-kit';
import { announcer } from './announce.ts';
import type { Deps } from './deps.ts';
import { migrate } from './jobs/migrate.ts';
import { openOutcomes } from './outcomes/outcomes.ts';
import { type Stages, stages } from './outcomes/stages.ts';
import { openOutcomeStore } from './outcomes/store.ts';
import { openQueue } from './queue.ts';
import { reconcileForever } from './reconcile.ts';
import { acceptMigration } from './requests/accept.ts';
import { cancelMigration } from './requests/cancel.ts';
import { outcomeHandlers } from './requests/outcomes.ts';
import { readTask } from './requests/read-task.ts';
import { stopTask } from './requests/stop-task.ts';
import { openStore } from './store/store.ts';

const pollMs = 500;

export const openMigrator: OpenService<KitEnv> = (scope, kit) => openMigratorWith(scope, kit, stages);

/** `timing`: when past moves are looked at. */
export async function openMigratorWith(scope: Scope, kit: Kit, timing: Stages): Promise<void> {
  const { bus, log, metrics, redis, settings, keyPrefix } = kit;
  const requestSeconds = metrics.histogram('proxbalance_proxmox_request_seconds', 'Requests to Proxmox', [
    'method',
    'path',
    'status',
  ]);
  const link = scope.use(
    followConnection(settings, ({ method, path, status, ms }) =>
      requestSeconds.observe({ method, path, status: String(status ?? 'none') }, ms / 1000),
    ),
    (it) => it.close(),
  );
  const store = openStore(redis, keyPrefix);
  const now = () => new Date();
  const outcomeDeps = { store: openOutcomeStore(redis, keyPrefix), link, bus, log, now, timing };
  const outcomes = await openOutcomes(scope, kit, outcomeDeps);
  const deps: Deps = {
    store,
    outcomes,
    link,
    log,
    pollMs,
    announce: announcer(bus),
    settings: settings.current,
    now,
    signal: scope.signal,
  };
  const queue = await openQueue(scope, kit, migrate(deps));
  void reconcileForever(store, queue, outcomes, log, scope.signal);
  const handlers = [
    answer(Migrate, acceptMigration(deps, queue)),
    answer(CancelMigration, cancelMigration(deps)),
    answer(ReadTask, readTask(deps)),
    answer(StopTask, stopTask(deps)),
    ...outcomeHandlers(outcomeDeps),
  ];
  scope.use(await bus.serve(handlers), (stop) => stop());
}
