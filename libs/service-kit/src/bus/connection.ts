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
  /** Called after each reconnect, when what the server knew may be gone. Returns what takes the listener off again. */
  onReconnect(listener: () => void): () => void;
  health(): HealthState;
};

const drainMaxMs = 1000;

/** Waits for the server to appear rather than failing: brokers and services may start in any order. */
export async function openNats(scope: Scope, config: NatsConfig, name: string, log: Log): Promise<NatsLink> {
  const connection = await connectPatiently(config, name, log, scope.signal);
  const listeners = new Set<() => void>();
  let up = true;
  const isUp = () => up && !connection.isClosed();
  scope.use(connection, (it) => drain(it, isUp()));
  void (async () => {
    for await (const status of connection.status()) {
      if (status.type === ConnectionEvents.Disconnect && up) {
        up = false;
        log.warn('NATS connection lost');
      }
      if (status.type !== ConnectionEvents.Reconnect) continue;
      up = true;
      log.info('NATS connection is back');
      for (const listener of listeners) listener();
    }
    up = false;
  })();
  return {
    connection,
    isUp,
    onReconnect(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    health: () => ({
      ok: isUp(),
      detail: isUp() ? `connected to ${connection.getServer()}` : 'disconnected',
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
        timeout: 5000,
        maxReconnectAttempts: -1,
        reconnectTimeWait: 250,
        reconnectJitter: 100,
        // A server that refuses us for a while (restored from a backup, password being changed) is no reason to give up.
        ignoreAuthErrorAbort: true,
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

/** Sends what is still to be sent; a server that is gone is not waited for. */
async function drain(connection: NatsConnection, isUp: boolean): Promise<void> {
  if (isUp) {
    const patience = new AbortController();
    await Promise.race([connection.drain().catch(() => undefined), pause(drainMaxMs, patience.signal)]);
    patience.abort();
  }
  await connection.close();
}
