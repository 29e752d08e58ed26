import { readFileSync } from 'node:fs';
import type { HealthState } from '../health.ts';
import type { Log } from '../log.ts';
import { pause } from '../pause.ts';
import type { Scope } from '../scope.ts';
import { ConnectionEvents, connect, credsAuthenticator, type NatsConnection } from './nats.ts';

export type NatsConfig = {
  url: string;
  user?: string | undefined;
  password?: string | undefined;
  credsFile?: string | undefined;
  tlsCaFile?: string | undefined;
};

/** One NATS connection that always comes back. */
export type NatsLink = {
  connection: NatsConnection;
  isUp(): boolean;
  /** Called after each reconnect, when what the server knew may be gone. */
  onReconnect(listener: () => void): void;
  health(): HealthState;
};

/** Waits for the server to appear rather than failing: brokers and services may start in any order. */
export async function openNats(scope: Scope, config: NatsConfig, name: string, log: Log): Promise<NatsLink> {
  const connection = scope.use(await connectPatiently(config, name, log, scope.signal), (it) => drain(it));
  const listeners = new Set<() => void>();
  let up = true;
  void (async () => {
    for await (const status of connection.status()) {
      if (status.type === ConnectionEvents.Disconnect) up = false;
      if (status.type === ConnectionEvents.Disconnect) log.warn('NATS connection lost');
      if (status.type !== ConnectionEvents.Reconnect) continue;
      up = true;
      log.info('NATS connection is back');
      for (const listener of listeners) listener();
    }
    up = false;
  })();
  return {
    connection,
    isUp: () => up && !connection.isClosed(),
    onReconnect: (listener) => void listeners.add(listener),
    health: () => ({
      ok: up && !connection.isClosed(),
      detail: up ? `connected to ${connection.getServer()}` : 'disconnected',
    }),
  };
}

async function connectPatiently(
  config: NatsConfig,
  name: string,
  log: Log,
  signal: AbortSignal,
): Promise<NatsConnection> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await connect({
        servers: config.url.split(','),
        name,
        maxReconnectAttempts: -1,
        reconnectTimeWait: 250,
        reconnectJitter: 100,
        pingInterval: 10_000,
        maxPingOut: 2,
        ...(config.user ? { user: config.user, pass: config.password ?? '' } : {}),
        ...(config.credsFile ? { authenticator: credsAuthenticator(readFileSync(config.credsFile)) } : {}),
        ...(config.tlsCaFile ? { tls: { caFile: config.tlsCaFile } } : {}),
      });
    } catch (error) {
      if (signal.aborted) throw error;
      if (attempt % 20 === 0) log.warn({ err: error }, 'waiting for NATS');
      await pause(250, signal);
    }
  }
}

/** Lets handlers in flight finish their replies; a server that is gone is not waited for. */
async function drain(connection: NatsConnection): Promise<void> {
  if (connection.isClosed()) return;
  const patience = new AbortController();
  await Promise.race([connection.drain().catch(() => connection.close()), pause(3000, patience.signal)]);
  patience.abort();
  if (!connection.isClosed()) await connection.close();
}
