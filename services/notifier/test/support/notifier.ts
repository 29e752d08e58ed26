import { NotificationDelivered, NotificationFailed, Settings } from '@proxbalance/contracts';
import {
  type Env,
  type Event,
  type Kit,
  openKit,
  openProcess,
  openScope,
  sealSecrets,
  settingsDocument,
} from '@proxbalance/service-kit';
import { connect } from '../../../../libs/service-kit/src/bus/nats.ts';
import { eventStream } from '../../../../libs/service-kit/src/bus/streams.ts';
import { eventually } from '../../../../tests/support/eventually.ts';
import { openInProcess, testEnv } from '../../../../tests/support/in-process.ts';
import { openNotifier } from '../../src/app.ts';
import { readConfig } from '../../src/config.ts';

type Notifications = Partial<Settings['automated_migrations']['notifications']>;
type Delivery = { event_id: string; provider: string; attempts: number; reason?: string };

/** A bus with settings on it, as many notifiers as a test wants, and what they told. */
export type Stage = AsyncDisposable & {
  env: Env;
  outside: Kit;
  /** Starts one more notifier. */
  start(): Promise<AsyncDisposable & { kit: Kit }>;
  configure(notifications: Notifications): Promise<void>;
  /** Waits until every event that was published has been handled. */
  settled(): Promise<void>;
  delivered: Event<Delivery>[];
  failed: Event<Delivery>[];
};

export async function openStage(more: Env = {}): Promise<Stage> {
  const env = testEnv(more);
  const stack = new AsyncDisposableStack();
  const scope = openScope();
  stack.defer(() => scope.close());
  const outside = await openKit(scope, await openProcess(scope, readConfig(env), 'collector'), 'collector');
  const delivered: Event<Delivery>[] = [];
  const failed: Event<Delivery>[] = [];
  outside.bus.observe(NotificationDelivered, (event) => void delivered.push(event));
  outside.bus.observe(NotificationFailed, (event) => void failed.push(event));
  let revision = 0;
  return {
    env,
    outside,
    delivered,
    failed,
    start: async () => stack.use(await openInProcess(env, 'notifier', readConfig, openNotifier)),
    async configure(notifications) {
      const settings = Settings.parse({ automated_migrations: { notifications } });
      revision = await outside.bus
        .document(settingsDocument)
        .write(sealSecrets(Settings, settings, outside.secrets), revision);
    },
    settled: () => allHandled(env),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

export const toWebhook = (url: string, headers: Record<string, string> = {}): Notifications => ({
  enabled: true,
  providers: { webhook: { enabled: true, url, headers } },
});

async function allHandled({ NATS_URL, PROXBALANCE_NAMESPACE }: Env): Promise<void> {
  const connection = await connect({ servers: String(NATS_URL) });
  const manager = await connection.jetstreamManager();
  await eventually(async () => {
    for await (const { name, num_pending, num_ack_pending } of manager.consumers.list(
      eventStream(String(PROXBALANCE_NAMESPACE)),
    ))
      if (num_pending + num_ack_pending > 0)
        throw new Error(`${name} still has ${num_pending} to read, ${num_ack_pending} in hand`);
  });
  await connection.close();
}
