import { randomUUID } from 'node:crypto';
import {
  CollectionFailed,
  MigrationCancelled,
  MigrationCompleted,
  MigrationFailed,
  NodeStatusChanged,
  TestNotification,
} from '@proxbalance/contracts';
import { answer, type Event, type KitEnv, type OpenService } from '@proxbalance/service-kit';
import { composeCollectionFailed, composeMigration, composeNodeStatus } from './compose.ts';
import { deliverNow, openDeliveries } from './deliveries.ts';
import type { Message } from './message.ts';

/** A message that can't be queued is kept and tried again: Redis may be away for an hour or two. */
const patient = { triesMax: 500 };

export const openNotifier: OpenService<KitEnv> = async (scope, kit) => {
  const { bus, settings } = kit;
  const deliveries = await openDeliveries(scope, kit);
  const wants = () => settings.current().automated_migrations.notifications;
  /** A handler that composes an event's message and queues it, when people want to hear of such events. */
  const telling =
    <T>(compose: (data: T) => Omit<Message, 'event'>, flag: 'on_action' | 'on_node_status' | 'on_collector_status') =>
    async ({ id, type, time, data }: Event<T>) => {
      if (wants()[flag]) await deliveries.enqueue({ ...compose(data), event: { id, type, time } });
    };
  await bus.subscribe(MigrationCompleted, telling(composeMigration, 'on_action'), patient);
  await bus.subscribe(MigrationFailed, telling(composeMigration, 'on_action'), patient);
  await bus.subscribe(MigrationCancelled, telling(composeMigration, 'on_action'), patient);
  await bus.subscribe(NodeStatusChanged, telling(composeNodeStatus, 'on_node_status'), patient);
  await bus.subscribe(CollectionFailed, telling(composeCollectionFailed, 'on_collector_status'), patient);
  const test = answer(TestNotification, async ({ provider }) => {
    const event = { id: randomUUID(), type: 'notification.test', time: new Date().toISOString() };
    const message: Message = {
      title: 'ProxBalance test',
      body: 'This is a test. Notifications work.',
      priority: 'low',
      event,
    };
    return { provider, status: await deliverNow(settings.current(), message) };
  });
  scope.use(await bus.serve([test]), (stop) => stop());
};
