import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Analyze, type ServiceName, serviceNames } from '@proxbalance/contracts';
import { inject, type TestContext } from 'vitest';
import { type Api, openApi } from './api.ts';
import type { TestBroker } from './brokers.ts';
import type { ClusterFile } from './cluster.ts';
import { neutralEnv } from './environment.ts';
import { type EventReader, openEvents } from './event-reader.ts';
import { eventually } from './eventually.ts';
import { type Receiver, startReceiver } from './receiver.ts';
import { openService, type ServiceProcess } from './service-process.ts';
import { type Simulator, startSimulator } from './simulator.ts';

/** The whole product as an operator runs it: every service a process, real brokers, a simulated cluster. */
export type System = AsyncDisposable & {
  api: Api;
  simulator: Simulator;
  webhook: Receiver;
  /** The process of a service that was started. */
  process(name: ServiceName): ServiceProcess;
  /** A second replica. */
  startAnother(name: ServiceName): Promise<ServiceProcess>;
  /** Opens the live stream of the first gateway. */
  events(options?: { types?: string; lastEventId?: string }): Promise<EventReader>;
  /** Shows what every process wrote, should this test fail. */
  explain(context: TestContext): void;
};

export type SystemOptions = {
  cluster: ClusterFile;
  services?: readonly ServiceName[];
  /** How fast the simulator's clock runs. */
  speed?: number;
  /** What is wrong in the cluster before anything of ours looks at it. */
  faults?: Parameters<Simulator['fault']>[0][];
  /** Brokers of its own, for a test that ends them; without, the test run's, in a namespace of its own. */
  brokers?: { nats?: TestBroker; redis?: TestBroker };
};

let count = 0;

export async function startSystem(options: SystemOptions): Promise<System> {
  await using stack = new AsyncDisposableStack();
  let resources: AsyncDisposableStack = stack;
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'proxbalance-system-')));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const webhook = stack.use(await startReceiver());
  const simulator = await startSimulator(folder, options.cluster, ['--speed', String(options.speed ?? 4)]);
  stack.defer(async () => void (await simulator.child.kill9()));
  for (const fault of options.faults ?? []) await simulator.fault(fault);
  const env = {
    ...neutralEnv(),
    ...simulator.env,
    NATS_URL: options.brokers?.nats?.url ?? inject('natsUrl'),
    REDIS_URL: options.brokers?.redis?.url ?? inject('redisUrl'),
    PROXBALANCE_NAMESPACE: `test-${process.pid}-${++count}`,
    PROXBALANCE_SECRET_KEY: Buffer.alloc(32, 7).toString('base64'),
    PROXBALANCE_DATA_DIR: folder,
    LOG_LEVEL: 'info',
  };
  const children: ServiceProcess[] = [];
  const open = async (name: ServiceName) => {
    const child = openService(name, env, folder);
    children.push(child);
    resources.defer(() => child.kill9());
    await child.start();
    return child;
  };
  const started = await Promise.all((options.services ?? serviceNames).map(open));
  const find = (name: ServiceName): ServiceProcess => {
    const found = started.find((child) => child.name === name);
    if (!found) throw new Error(`this system has no ${name}`);
    return found;
  };
  const gatewayUrl = () => find('gateway').url();
  const api = openApi(gatewayUrl);
  const show = () => {
    for (const { name, output } of [simulator.child, ...children]) console.error(`--- ${name}\n${output()}`);
  };
  await eventually(() => api.ask(Analyze), { withinMs: 30_000 }).catch((error: unknown) => {
    show();
    throw error;
  });
  resources = stack.move();
  return {
    api,
    simulator,
    webhook,
    process: find,
    startAnother: open,
    events: (which) => openEvents(gatewayUrl(), which),
    explain: ({ onTestFailed }) => onTestFailed(show),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
