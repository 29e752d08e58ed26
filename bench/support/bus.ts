import { type Bus, openKit, openProcess, openScope } from '@proxbalance/service-kit';
import { readConfig } from '../../services/gateway/src/config.ts';

/** A bus of our own on the brokers of a benchmark. */
export async function openBenchBus(env: Record<string, string>): Promise<{ bus: Bus; close(): Promise<void> }> {
  const scope = openScope();
  const shared = await openProcess(scope, readConfig(env), 'bench');
  const { bus } = await openKit(scope, shared, 'gateway');
  return { bus, close: () => scope.close() };
}
