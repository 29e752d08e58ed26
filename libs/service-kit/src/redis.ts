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
  /** Asks it: a server that accepts connections and answers nothing is not there. */
  health(): Promise<HealthState>;
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
    async health() {
      if (client.status === 'ready') await client.ping();
      return { ok: client.status === 'ready', detail: client.status };
    },
  };
}

function create(config: RedisConfig, patient: boolean): Redis {
  const options = {
    // 0: what was under way when the connection broke fails too, rather than being sent a second time.
    maxRetriesPerRequest: patient ? null : 0,
    enableOfflineQueue: patient,
    retryStrategy: (attempt: number) => Math.min(50 * attempt, 1000),
    connectTimeout: 5000,
  };
  if (!config.sentinels) return new Redis(config.url, options);
  return new Redis({
    ...options,
    ...accessOf(config.url),
    sentinels: config.sentinels,
    name: config.masterName ?? 'mymaster',
  });
}

/** Sentinels say where Redis is; who we are there still stands in its address. */
function accessOf(url: string) {
  const { protocol, username, password, pathname } = new URL(url);
  return {
    ...(username ? { username: decodeURIComponent(username) } : {}),
    ...(password ? { password: decodeURIComponent(password) } : {}),
    ...(pathname.length > 1 ? { db: Number(pathname.slice(1)) } : {}),
    ...(protocol === 'rediss:' ? { tls: {} } : {}),
  };
}

async function firstConnection(client: Redis, log: Log, signal: AbortSignal): Promise<void> {
  if (client.status === 'ready') return;
  let reason: Error | undefined;
  const remember = (error: Error) => {
    reason = error;
  };
  client.on('error', remember);
  const patience = setInterval(() => log.warn({ err: reason }, 'waiting for Redis'), 5000);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const giveUp = () => reject(new Error('stopped while waiting for Redis'));
  client.once('ready', resolve);
  signal.addEventListener('abort', giveUp, { once: true });
  if (signal.aborted) giveUp();
  try {
    await promise;
  } finally {
    clearInterval(patience);
    client.off('error', remember);
    client.off('ready', resolve);
    signal.removeEventListener('abort', giveUp);
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
