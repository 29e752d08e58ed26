import { randomBytes, randomUUID } from 'node:crypto';
import type { ServiceName } from '@proxbalance/contracts';
import { type Env, type Kit, type KitEnv, openKit, openProcess, openScope, type Scope } from '@proxbalance/service-kit';
import { inject } from 'vitest';

/** One service in this process, on the brokers of the run. */
export type InProcess<T> = AsyncDisposable & {
  kit: Kit;
  scope: Scope;
  /** What opening it gave. */
  opened: T;
};

/** Environment of one test: a namespace and a key of its own. Services opened with the same one belong together. */
export const testEnv = (more: Env = {}): Env & { PROXBALANCE_NAMESPACE: string } => ({
  NATS_URL: inject('natsUrl'),
  REDIS_URL: inject('redisUrl'),
  PROXBALANCE_NAMESPACE: `t-${randomUUID().slice(0, 8)}`,
  PROXBALANCE_SECRET_KEY: randomBytes(32).toString('base64'),
  PROXBALANCE_PORT: '0',
  LOG_LEVEL: 'silent',
  ...more,
});

/** Opens a service as `main.ts` would, but in this process. */
export async function openInProcess<C extends KitEnv, T>(
  env: Env,
  service: ServiceName,
  readConfig: (env: Env) => C,
  open: (scope: Scope, kit: Kit, config: C) => Promise<T>,
): Promise<InProcess<T>> {
  const scope = openScope();
  const config = readConfig(env);
  try {
    const kit = await openKit(scope, await openProcess(scope, config, service), service);
    const opened = await open(scope, kit, config);
    return { kit, scope, opened, [Symbol.asyncDispose]: () => scope.close() };
  } catch (error) {
    await scope.close();
    throw error;
  }
}
