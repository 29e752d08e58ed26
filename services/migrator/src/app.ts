import { CancelMigration, Migrate, ReadTask, StopTask } from '@proxbalance/contracts';
import { followConnection } from '@proxbalance/proxmox';
import { answer, type KitEnv, type OpenService } from '@proxbalance/service-kit';
import { announcer } from './announce.ts';
import type { Deps } from './deps.ts';
import { migrate } from './jobs/migrate.ts';
import { openQueue } from './queue.ts';
import { reconcileForever } from './reconcile.ts';
import { acceptMigration } from './requests/accept.ts';
import { cancelMigration } from './requests/cancel.ts';
import { readTask } from './requests/read-task.ts';
import { stopTask } from './requests/stop-task.ts';
import { openStore } from './store/store.ts';

const pollMs = 500;

export const openMigrator: OpenService<KitEnv> = async (scope, kit) => {
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
  const deps: Deps = {
    store,
    link,
    log,
    pollMs,
    announce: announcer(bus),
    settings: settings.current,
    now: () => new Date(),
    signal: scope.signal,
  };
  const queue = await openQueue(scope, kit, migrate(deps));
  void reconcileForever(store, queue, log, scope.signal);
  const handlers = [
    answer(Migrate, acceptMigration(deps, queue)),
    answer(CancelMigration, cancelMigration(deps)),
    answer(ReadTask, readTask(deps)),
    answer(StopTask, stopTask(deps)),
  ];
  scope.use(await bus.serve(handlers), (stop) => stop());
};
