import { PostConfig, type Settings } from '@proxbalance/contracts';
import type { System } from './system.ts';

type Notifications = Settings['automated_migrations']['notifications'];

/** Has notifications sent to the system's webhook, set as an operator sets them. */
export async function notify({ api, webhook }: System, more: Partial<Notifications> = {}): Promise<void> {
  const providers = { webhook: { enabled: true, url: webhook.url } };
  const notifications = { enabled: true, ...more, providers };
  await api.ask(PostConfig, { body: { automated_migrations: { notifications } } });
}
