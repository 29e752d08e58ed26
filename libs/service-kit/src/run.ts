import type { ServiceName } from '@proxbalance/contracts';
import { ConfigError, type Env } from './env.ts';
import { openHealth } from './health.ts';
import { type Kit, type KitEnv, openKit, openProcess } from './kit.ts';
import { openMetrics } from './metrics.ts';
import { openOpsServer } from './ops-server.ts';
import { openScope, type Scope } from './scope.ts';

/** Opens one service: reads like a list of what it does. Closing is the reverse, by the scope. */
export type OpenService<C extends KitEnv> = (scope: Scope, kit: Kit, config: C) => Promise<unknown>;

const graceMs = 8000;

/** A service as a process of its own: opens, serves until a signal, closes in reverse, exits. */
export async function run<C extends KitEnv>(
  service: ServiceName,
  readConfig: (env: Env) => C,
  open: OpenService<C>,
): Promise<void> {
  const scope = openScope();
  closeOnSignals(scope);
  try {
    const config = readConfig(process.env);
    const probes = { health: openHealth(), metrics: openMetrics() };
    let isOpen = false;
    // First, so that whoever supervises this process sees it alive while it waits for its brokers.
    const port = await openOpsServer(scope, {
      ...probes,
      host: config.PROXBALANCE_OPS_HOST,
      port: config.PROXBALANCE_OPS_PORT,
      isOpen: () => isOpen && !scope.signal.aborted,
    });
    const kit = await openKit(scope, await openProcess(scope, config, service, probes), service);
    await open(scope, kit, config);
    isOpen = true;
    kit.log.info({ ops_port: port }, `${service} is up`);
  } catch (error) {
    if (scope.signal.aborted) return;
    process.stderr.write(
      error instanceof ConfigError ? `${error.message}\n` : `${service} could not start: ${(error as Error).stack}\n`,
    );
    await scope.close().catch(() => undefined);
    process.exit(1);
  }
}

/** First signal: orderly. Second one, or no end within the grace period: at once. */
export function closeOnSignals(scope: Scope): void {
  let asked = false;
  const close = () => {
    if (asked) process.exit(1);
    asked = true;
    setTimeout(() => process.exit(1), graceMs).unref();
    scope.close().then(
      () => process.exit(0),
      (error: Error) => {
        process.stderr.write(`could not close cleanly: ${error.message}\n`);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', close);
  process.on('SIGINT', close);
}
