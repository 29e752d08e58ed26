import type { Migration } from '@proxbalance/contracts';
import type { ClusterResources, Proxmox } from '@proxbalance/proxmox';
import type { Kit, Scope } from '@proxbalance/service-kit';
import { DelayedError, type Job, Queue, Worker } from 'bullmq';
import { advance, type OutcomeDeps } from './advance.ts';
import { newOutcome } from './record.ts';
import { seenIn } from './seen.ts';

/** What the steps of a migration leave behind for its outcome. */
export type Outcomes = {
  /** Just before a move: what its nodes look like. Never keeps a move from starting. */
  lookBefore(proxmox: Proxmox, resources: ClusterResources, migration: Migration): Promise<void>;
  /** After a completed move, as often as one likes: opens its outcome and has its nodes looked at in time. */
  begin(migration: Migration): Promise<void>;
  /** Gives every outcome that is open its job back, should it have lost it. */
  keepUp(): Promise<void>;
};

const queueName = 'outcomes';
const retryMs = 10_000;
const lockMs = 30_000;

export async function openOutcomes(scope: Scope, kit: Kit, deps: OutcomeDeps): Promise<Outcomes> {
  const { redis, log, keyPrefix: prefix } = kit;
  const { store, now, timing } = deps;
  const queue = scope.use(new Queue(queueName, { connection: redis.client, prefix }), (it) => it.close());
  queue.on('error', (error) => log.debug({ err: error }, 'queue'));
  const options = { connection: redis.forJobs(), prefix, lockDuration: lockMs, stalledInterval: lockMs / 2 };
  const worker = new Worker(queueName, capture(deps, scope.signal), { ...options, maxStalledCount: 1_000_000 });
  worker.on('error', (error) => log.debug({ err: error }, 'worker'));
  worker.on('failed', (job, error) => {
    if (!scope.signal.aborted) log.warn({ err: error, migration_id: job?.data.id }, 'an outcome will be tried again');
  });
  scope.use(worker, (it) => it.close());
  const add = (ids: string[]) =>
    queue.addBulk(ids.map((id) => ({ name: 'capture', data: { id }, opts: { ...jobOptions, jobId: id } })));
  return {
    async lookBefore(proxmox, resources, migration) {
      try {
        const seen = await seenIn(proxmox, resources, migration, now());
        if (seen) await store.keepBefore(migration.migration_id, seen);
      } catch (error) {
        log.warn({ err: error, migration_id: migration.migration_id }, 'the outcome of this move will not be known');
      }
    },
    async begin(migration) {
      const { migration_id: id, finished_at } = migration;
      if (!(await store.has(id))) {
        const before = await store.before(id);
        if (!before || !finished_at) return log.warn({ migration_id: id }, 'nobody saw the nodes before this move');
        await store.add(newOutcome(migration, finished_at, before, timing), { before, first: null });
      }
      await add([id]);
    },
    async keepUp() {
      await add(await store.pending());
    },
  };
}

const jobOptions = {
  attempts: 1_000_000,
  backoff: { type: 'fixed', delay: retryMs },
  removeOnComplete: true,
  removeOnFail: true,
};

/** Follows one outcome to its end: looks when it is time, waits in between. */
const capture = (deps: OutcomeDeps, signal: AbortSignal) => async (job: Job<{ id: string }>, token?: string) => {
  for (;;) {
    signal.throwIfAborted();
    const advanced = await advance(deps, job.data.id);
    if (advanced.kind === 'ended') return;
    if (advanced.kind === 'looked' || advanced.kind === 'told') continue;
    await job.moveToDelayed(Date.now() + (advanced.kind === 'early' ? advanced.waitMs : retryMs), token);
    throw new DelayedError();
  }
};
