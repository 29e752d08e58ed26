import { openAutomation } from '@proxbalance/automation';
import { openCollector } from '@proxbalance/collector';
import { openGateway } from '@proxbalance/gateway';
import { openMigrator } from '@proxbalance/migrator';
import { openNotifier } from '@proxbalance/notifier';
import { openRecommender } from '@proxbalance/recommender';
import { type Env, openKit, openProcess, openScope, settingsDocument } from '@proxbalance/service-kit';
import { readConfig } from '../services/gateway/src/config.ts';

/** All six services in this process, on one set of connections. Configuration errors come all at once, as `ConfigError`. */
export async function openAll(env: Env): Promise<{ url: string; close(): Promise<void> }> {
  const config = readConfig(env);
  const scope = openScope();
  try {
    const shared = await openProcess(scope, config, 'proxbalance');
    await openCollector(scope, await openKit(scope, shared, 'collector'), config);
    await openRecommender(scope, await openKit(scope, shared, 'recommender'), config);
    await openMigrator(scope, await openKit(scope, shared, 'migrator'), config);
    await openNotifier(scope, await openKit(scope, shared, 'notifier'), config);
    await openAutomation(scope, await openKit(scope, shared, 'automation'), config);
    const url = await openGateway(scope, await openKit(scope, shared, 'gateway'), config);
    return { url, close: () => scope.close() };
  } catch (error) {
    await scope.close().catch(() => undefined);
    throw error;
  }
}

/** What was saved over HTTP about the Proxmox connection; null: nothing yet. Secrets stay sealed. */
export async function readSavedSettings(env: Env): Promise<{ proxmox_host: string } | null> {
  const scope = openScope();
  try {
    const shared = await openProcess(scope, readConfig(env), 'proxbalance');
    const { bus } = await openKit(scope, shared, 'gateway');
    const saved = await bus.document(settingsDocument).read();
    const host = (saved?.value as { proxmox_host?: unknown } | undefined)?.proxmox_host;
    return saved ? { proxmox_host: typeof host === 'string' ? host : '' } : null;
  } finally {
    await scope.close();
  }
}
