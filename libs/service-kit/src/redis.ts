import { Redis } from 'ioredis';
import type { HealthState } from './health.ts';
import type { Log } from './log.ts';
import type { Scope } from './scope.ts';

export type RedisConfig = {
  url: string;
  sentinels?: { host: string; port: number }[] | undefined;
  masterName?: string | undefined;
};

/** Redis, always reconnecting. Commands fail at once while the connection is down: whoever waits decides how long. */
export type RedisLink = {
  client: Redis;
  /** A connection of its own for BullMQ, which waits for Redis rather than failing. */
  forJobs(): Redis;
  health(): HealthState;
};

export async function openRedis(scope: Scope, config: RedisConfig, log: Log): Promise<RedisLink> {
  const connect = (patient: boolean) => {
    const client = scope.use(create(config, patient), (it) => it.disconnect());
    client.on('error', (error: Error) => log.debug({ err: error }, 'redis connection'));
    return client;
  };
  const client = connect(false);
  await firstConnection(client, log, scope.signal);
  await warnAboutDurability(client, log);
  return {
    client,
    forJobs: () => connect(true),
    health: () => ({ ok: client.status === 'ready', detail: client.status }),
  };
}

function create(config: RedisConfig, patient: boolean): Redis {
  const options = {
    maxRetriesPerRequest: patient ? null : 1,
    enableOfflineQueue: patient,
    retryStrategy: (attempt: number) => Math.min(50 * attempt, 1000),
    connectTimeout: 5000,
  };
  if (config.sentinels)
    return new Redis({ ...options, sentinels: config.sentinels, name: config.masterName ?? 'mymaster' });
  return new Redis(config.url, options);
}

async function firstConnection(client: Redis, log: Log, signal: AbortSignal): Promise<void> {
  if (client.status === 'ready') return;
  const patience = setInterval(() => log.warn('waiting for Redis'), 5000);
  try {
    await new Promise<void>((resolve, reject) => {
      client.once('ready', () => resolve());
      signal.addEventListener('abort', () => reject(new Error('stopped while waiting for Redis')), { once: true });
    });
  } finally {
    clearInterval(patience);
  }
}

/** Durability is the operator's part; a server that may forget or evict jobs is named at start. */
async function warnAboutDurability(client: Redis, log: Log): Promise<void> {
  const info = await client.info().catch(() => '');
  const policy = /maxmemory_policy:(\S+)/.exec(info)?.[1];
  const appendOnly = /aof_enabled:(\d)/.exec(info)?.[1];
  if (policy && policy !== 'noeviction') log.warn({ policy }, 'Redis may evict jobs: set maxmemory-policy noeviction');
  if (appendOnly === '0') log.warn('Redis keeps no append-only file: a crash of Redis loses jobs and history');
}
