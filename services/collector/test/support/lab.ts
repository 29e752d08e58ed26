import { type ClusterSnapshot, CollectNow, SnapshotTaken } from '@proxbalance/contracts';
import type { Env, Envelope, Kit } from '@proxbalance/service-kit';
import { expect } from 'vitest';
import { eventually } from '../../../../tests/support/eventually.ts';
import { type InProcess, openInProcess, testEnv } from '../../../../tests/support/in-process.ts';
import { openCollector } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';
import { type Simulator, startSimulator } from './simulator.ts';

/** A simulated cluster, collectors that watch it, and what they tell. */
export type Lab = AsyncDisposable & {
  simulator: Simulator;
  env: Env;
  kit: Kit;
  snapshots: ClusterSnapshot[];
  events: Envelope[];
  openCollector(): Promise<InProcess<unknown>>;
  told(type: string): Envelope[];
  refresh(): Promise<string>;
  /** Asks until a snapshot passes. */
  sees(check: (snapshot: ClusterSnapshot) => void, withinMs?: number): Promise<ClusterSnapshot>;
  requests(): Promise<Requests>;
  setSettings(settings: object): Promise<void>;
};

type Requests = {
  total: number;
  by: { method: string; path: string; count: number }[];
  max_concurrent_per_host: Record<string, number>;
};

type Options = { cluster: object | string; speed?: number; collectors?: number; env?: (simulator: Simulator) => Env };

export async function openLab({ cluster, speed = 10, collectors = 1, env: more }: Options): Promise<Lab> {
  const simulator = await startSimulator(cluster, ['--speed', String(speed)]);
  const env = testEnv({ ...(more ? more(simulator) : simulator.env) });
  const opened: AsyncDisposable[] = [simulator];
  const watcher = await openInProcess(env, 'gateway', readConfig, async (_scope, kit) => kit);
  opened.unshift(watcher);
  const { kit } = watcher;
  const snapshots: ClusterSnapshot[] = [];
  const events: Envelope[] = [];
  kit.bus.observe(SnapshotTaken, ({ data }) => void snapshots.push(data));
  kit.bus.observeAll(new Date(0), (envelope) => void events.push(envelope));
  const lab: Lab = {
    simulator,
    env,
    kit,
    snapshots,
    events,
    async openCollector() {
      const one = await openInProcess(env, 'collector', readConfig, openCollector);
      opened.unshift(one);
      return one;
    },
    told: (type) => events.filter((event) => event.type === type),
    async refresh() {
      const outcome = await kit.bus.ask(CollectNow, { requested_by: 'test' });
      if (!outcome.ok) throw new Error(JSON.stringify(outcome.error));
      return outcome.value.job_id;
    },
    async sees(check, withinMs = 15_000) {
      return await eventually(
        async () => {
          await lab.refresh();
          const before = snapshots.length;
          await eventually(() => expect(snapshots.length).toBeGreaterThan(before), { withinMs: 5000 });
          const last = snapshots.at(-1) as ClusterSnapshot;
          check(last);
          return last;
        },
        { withinMs },
      );
    },
    requests: () => simulator.control('GET', '/requests'),
    async setSettings(settings) {
      const document = kit.bus.document('settings');
      await document.write(settings, (await document.read())?.revision ?? 0);
    },
    async [Symbol.asyncDispose]() {
      for (const one of opened) await one[Symbol.asyncDispose]();
    },
  };
  for (let index = 0; index < collectors; index++) await lab.openCollector();
  return lab;
}
