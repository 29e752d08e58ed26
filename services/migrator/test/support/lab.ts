import {
  CancelMigration,
  isFinal,
  Migrate,
  type MigrateRequest,
  type Migration,
  type MigrationState,
  type Outcome,
  StopTask,
} from '@proxbalance/contracts';
import type { Env, Envelope, Kit } from '@proxbalance/service-kit';
import { expect } from 'vitest';
import { neutralEnv } from '../../../../tests/support/environment.ts';
import { eventually } from '../../../../tests/support/eventually.ts';
import { type InProcess, openInProcess, testEnv } from '../../../../tests/support/in-process.ts';
import { openService, type ServiceProcess } from '../../../../tests/support/service-process.ts';
import { openMigratorWith } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { type Stages, stages } from '../../src/outcomes/stages.ts';
import { cluster } from './cluster.ts';
import { type Simulator, startSimulator } from './simulator.ts';

/** A simulated cluster and somebody who asks the migrator for moves, over the bus alone. */
export type Lab = AsyncDisposable & {
  simulator: Simulator;
  env: Env;
  /** What a gateway would see: the kit of a service that only asks and listens. */
  kit: Kit;
  events: Envelope[];
  /** Waits until it answers, unless another one would be asked in its place. */
  openMigrator(isAlone?: boolean): Promise<InProcess<unknown>>;
  /** The same as a process of its own, that can be killed. */
  spawnMigrator(more?: Env): Promise<ServiceProcess>;
  ask(vmid: number, more?: Partial<MigrateRequest>): Promise<Outcome<Migration>>;
  /** Asks, and expects to be taken at its word. */
  accepted(vmid: number, more?: Partial<MigrateRequest>): Promise<Migration>;
  stopTask(node: string, upid: string): Promise<Outcome<{ message: string }>>;
  cancel(id: string): Promise<Outcome<{ message: string; migration: Migration | null }>>;
  /** Events of one guest's moves, in order. */
  told(vmid: number, type?: string): Migration[];
  latest(vmid: number): Migration | undefined;
  end(vmid: number, withinMs?: number): Promise<Migration>;
  reaches(vmid: number, state: MigrationState, withinMs?: number): Promise<Migration>;
  /** Waits until the record of a guest's latest move is in this state: between two events. */
  stored(vmid: number, state: MigrationState): Promise<void>;
  /** Redis key of a record. */
  key(migrationId: string): string;
  setSettings(settings: object): Promise<void>;
  /** Ids in the migrator's history, and the reservations it holds. */
  books(): Promise<{ history: string[]; reserved: string[] }>;
};

type Options = {
  guests: object[];
  speed?: number;
  migrators?: number;
  env?: (simulator: Simulator) => Env;
  timing?: Stages;
};

export async function openLab({
  guests,
  speed = 10,
  migrators = 1,
  env: more,
  timing = stages,
}: Options): Promise<Lab> {
  const simulator = await startSimulator(cluster(guests), ['--speed', String(speed)]);
  const env = testEnv({ ...simulator.env, ...more?.(simulator) });
  const opened: AsyncDisposable[] = [simulator];
  const watcher = await openInProcess(env, 'gateway', readConfig, async (_scope, kit) => kit);
  opened.unshift(watcher);
  const { kit } = watcher;
  const events: Envelope[] = [];
  kit.bus.observeAll(new Date(0), (envelope) => void events.push(envelope));
  const isAnswering = () =>
    eventually(async () => expect(await lab.cancel('')).toMatchObject({ error: { code: 'invalid-input' } }));
  const lab: Lab = {
    simulator,
    env,
    kit,
    events,
    async openMigrator(isAlone = true) {
      const one = await openInProcess(env, 'migrator', readConfig, (scope, kit) =>
        openMigratorWith(scope, kit, timing),
      );
      opened.unshift(one);
      if (isAlone) await isAnswering();
      return one;
    },
    async spawnMigrator(more) {
      const child = openService('migrator', { ...neutralEnv(), ...env, LOG_LEVEL: 'info', ...more }, simulator.folder);
      opened.unshift({ [Symbol.asyncDispose]: () => child.kill9() });
      await child.start();
      await isAnswering();
      return child;
    },
    ask: (vmid, asked) => kit.bus.ask(Migrate, { ...defaults, vmid, ...asked }),
    async accepted(vmid, asked) {
      const outcome = await lab.ask(vmid, asked);
      if (!outcome.ok) throw new Error(`refused: ${JSON.stringify(outcome.error)}`);
      return outcome.value;
    },
    stopTask: (node, upid) => kit.bus.ask(StopTask, { node, upid, requested_by: 'test' }),
    cancel: (id) => kit.bus.ask(CancelMigration, { id, requested_by: 'test' }),
    told: (vmid, type = 'migration.') =>
      events
        .filter((event) => event.type.startsWith(type) && event.subject === String(vmid))
        .map((event) => event.data as Migration),
    latest: (vmid) => lab.told(vmid).at(-1),
    end: (vmid, withinMs = 30_000) =>
      eventually(
        () => {
          const last = lab.told(vmid).find((one) => isFinal(one.state));
          if (!last) throw new Error(`the move of ${vmid} has not ended: ${JSON.stringify(lab.latest(vmid))}`);
          return last;
        },
        { withinMs },
      ),
    reaches: (vmid, state, withinMs = 20_000) =>
      eventually(
        () => {
          const last = lab.latest(vmid);
          expect(last).toMatchObject({ state });
          return last as Migration;
        },
        { withinMs },
      ),
    key: (migrationId) => `${env.PROXBALANCE_NAMESPACE}:migrator:migration:${migrationId}`,
    stored: (vmid, state) =>
      eventually(
        async () => {
          const id = lab.latest(vmid)?.migration_id ?? '';
          expect(await kit.redis.client.hget(lab.key(id), 'state')).toBe(state);
        },
        { withinMs: 20_000 },
      ),
    async setSettings(settings) {
      const document = kit.bus.document('settings');
      await document.write(settings, (await document.read())?.revision ?? 0);
    },
    async books() {
      const key = `${env.PROXBALANCE_NAMESPACE}:migrator`;
      const history = await kit.redis.client.xrange(`${key}:history`, '-', '+');
      const reserved = await kit.redis.client.hkeys(`${key}:active`);
      return { history: history.map(([, fields]) => fields[1] ?? ''), reserved };
    },
    async [Symbol.asyncDispose]() {
      for (const one of opened) await one[Symbol.asyncDispose]();
    },
  };
  for (let index = 0; index < migrators; index++) await lab.openMigrator();
  return lab;
}

const defaults = {
  source_node: 'pve1',
  target_node: 'pve2',
  type: 'VM',
  trigger: 'manual',
  requested_by: 'test',
} as const;
