import { hostname } from 'node:os';
import type { ServiceName } from '@proxbalance/contracts';
import { z } from 'zod';
import { type Bus, openBus } from './bus/bus.ts';
import { type Claims, openClaims } from './bus/claims.ts';
import { type NatsLink, openNats } from './bus/connection.ts';
import { awaitStreams } from './bus/streams.ts';
import { portText } from './env.ts';
import { SettingsEnv, settingsFromEnvironment } from './environment-settings.ts';
import { type Health, openHealth } from './health.ts';
import { keepHeapSmall } from './heap.ts';
import { type Log, openLog } from './log.ts';
import { type Metrics, openMetrics } from './metrics.ts';
import { openRedis, type RedisLink } from './redis.ts';
import type { Scope } from './scope.ts';
import { keptSecretKey, type SecretBox, secretBox, secretKeyText } from './secrets.ts';
import { type SettingsView, watchSettings } from './settings.ts';
import { startTracing } from './trace.ts';

/** What every service reads from the environment. A service's own schema extends this shape. */
export const KitEnv = z.object({
  NATS_URL: z
    .string()
    .regex(
      /^(?:(?:nats|tls):\/\/)?[^\s,/]+(,(?:(?:nats|tls):\/\/)?[^\s,/]+)*$/,
      'must be nats://host:port, several separated by commas',
    )
    .default('nats://127.0.0.1:4222'),
  NATS_USER: z.string().optional(),
  NATS_PASSWORD: z.string().optional(),
  NATS_CREDS: z.string().optional(),
  NATS_TLS_CA: z.string().optional(),
  REDIS_URL: z
    .string()
    .regex(/^rediss?:\/\//, 'must begin with redis:// or rediss://')
    .default('redis://127.0.0.1:6379'),
  REDIS_SENTINELS: z
    .string()
    .regex(/^[^\s,:]+(:\d+)?(,[^\s,:]+(:\d+)?)*$/, 'must be host[:port], separated by commas')
    .optional(),
  REDIS_MASTER_NAME: z.string().optional(),
  PROXBALANCE_NAMESPACE: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,30}$/, 'must be lower kebab-case, 31 characters at most')
    .default('proxbalance'),
  PROXBALANCE_SECRET_KEY: secretKeyText.optional(),
  PROXBALANCE_DATA_DIR: z.string().default('./.data'),
  PROXBALANCE_OPS_HOST: z.string().default('127.0.0.1'),
  PROXBALANCE_OPS_PORT: portText.default(0),
  OTEL_EXPORTER_OTLP_ENDPOINT: z.url().optional(),
  ...SettingsEnv.shape,
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
});
export type KitEnv = Readonly<z.output<typeof KitEnv>>;

/** What a process opens once, however many services run in it. */
export type Process = {
  env: KitEnv;
  link: NatsLink;
  claims: Claims;
  redis: RedisLink;
  metrics: Metrics;
  health: Health;
  secrets: SecretBox;
};

/** What a service is handed: everything it shares with the other five. */
export type Kit = {
  service: ServiceName;
  version: string;
  /** Prefix of this service's own Redis keys. */
  keyPrefix: string;
  log: Log;
  bus: Bus;
  redis: RedisLink;
  metrics: Metrics;
  health: Health;
  secrets: SecretBox;
  settings: SettingsView;
};

export const productVersion = '0.1.0';

export async function openProcess(
  scope: Scope,
  env: KitEnv,
  name: string,
  probes = { health: openHealth(), metrics: openMetrics() },
): Promise<Process> {
  keepHeapSmall();
  const log = openLog({ level: env.LOG_LEVEL, service: name });
  scope.use(startTracing(env.OTEL_EXPORTER_OTLP_ENDPOINT), (end) => end());
  for (const broker of ['nats', 'redis']) probes.health.add(broker, () => ({ ok: false, detail: 'connecting' }));
  const link = await openNats(scope, natsConfig(env), `${name}@${hostname()}`, log);
  probes.health.add('nats', link.health);
  const redis = await openRedis(scope, redisConfig(env), log);
  probes.health.add('redis', redis.health);
  await awaitStreams(link, env.PROXBALANCE_NAMESPACE, log, scope.signal);
  return {
    ...probes,
    env,
    link,
    claims: openClaims(link, env.PROXBALANCE_NAMESPACE),
    redis,
    secrets: secretBox(env.PROXBALANCE_SECRET_KEY ?? keptSecretKey(env.PROXBALANCE_DATA_DIR)),
  };
}

export async function openKit(scope: Scope, process: Process, service: ServiceName): Promise<Kit> {
  const { env, link, claims, redis, metrics, health, secrets } = process;
  const namespace = env.PROXBALANCE_NAMESPACE;
  const log = openLog({ level: env.LOG_LEVEL, service });
  const bus = openBus({ link, claims, namespace, service, version: productVersion, log, scope });
  const settings = watchSettings({
    bus,
    box: secrets,
    log,
    signal: scope.signal,
    fromEnvironment: settingsFromEnvironment(env),
  });
  await settings.ready;
  return {
    service,
    version: productVersion,
    keyPrefix: `${namespace}:${service}`,
    log,
    bus,
    redis,
    metrics,
    health,
    secrets,
    settings,
  };
}

const natsConfig = (env: KitEnv) => ({
  url: env.NATS_URL,
  user: env.NATS_USER,
  password: env.NATS_PASSWORD,
  credsFile: env.NATS_CREDS,
  tlsCaFile: env.NATS_TLS_CA,
});

const redisConfig = (env: KitEnv) => ({
  url: env.REDIS_URL,
  masterName: env.REDIS_MASTER_NAME,
  sentinels: env.REDIS_SENTINELS?.split(',').map((entry) => {
    const [host = '', port = '26379'] = entry.split(':');
    return { host, port: Number(port) };
  }),
});
