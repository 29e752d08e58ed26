import { execFileSync } from 'node:child_process';
import { CollectionFailed, CollectNow, type ServiceName } from '@proxbalance/contracts';
import { answer, type Kit, KitEnv, openKit, openProcess, openScope } from '@proxbalance/service-kit';
import { NatsContainer } from '@testcontainers/nats';
import { RedisContainer } from '@testcontainers/redis';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

/** The brokers as docker-compose.yml runs them: the same images, with passwords. */
const engine = engineAnswers();
if (!engine)
  console.warn('SKIPPED: no Docker engine answers, so the bus was not tried on the brokers of docker-compose.yml.');

describe.skipIf(!engine)('on the container images of docker-compose.yml', () => {
  const scope = openScope();
  let collector: Kit;
  let gateway: Kit;

  beforeAll(async () => {
    const [nats, redis] = await Promise.all([
      new NatsContainer('nats:2.10-alpine').withJetStream().withUsername('proxbalance').withPass('secret').start(),
      new RedisContainer('redis:7-alpine').withPassword('secret').start(),
    ]);
    scope.use(nats, (it) => it.stop());
    scope.use(redis, (it) => it.stop());
    const env = KitEnv.parse({
      NATS_URL: `nats://${nats.getHost()}:${nats.getMappedPort(4222)}`,
      NATS_USER: nats.username,
      NATS_PASSWORD: nats.password,
      REDIS_URL: redis.getConnectionUrl(),
      PROXBALANCE_SECRET_KEY: Buffer.alloc(32).toString('base64'),
      LOG_LEVEL: 'warn',
    });
    const open = async (service: ServiceName) => openKit(scope, await openProcess(scope, env, service), service);
    [collector, gateway] = await Promise.all([open('collector'), open('gateway')]);
  });
  afterAll(() => scope.close());

  test('an event reaches a durable subscriber of another service', async () => {
    const reasons: string[] = [];
    await gateway.bus.subscribe(CollectionFailed, async (event) => void reasons.push(event.data.reason));
    await collector.bus.publish(CollectionFailed, { reason: 'no answer', kind: 'timeout', last_collected_at: null });
    await vi.waitFor(() => expect(reasons).toEqual(['no answer']), 40_000);
  });

  test('a question is answered by the service it is for', async () => {
    await collector.bus.serve([answer(CollectNow, async ({ requested_by }) => ({ job_id: `for ${requested_by}` }))]);
    const outcome = await gateway.bus.ask(CollectNow, { requested_by: 'a test' });
    expect(outcome).toEqual({ ok: true, value: { job_id: 'for a test' } });
  });

  test('Redis with a password answers', async () => {
    expect(await gateway.redis.client.ping()).toBe('PONG');
  });
});

function engineAnswers(): boolean {
  try {
    return execFileSync('docker', ['version', '-f', '{{.Server.Version}}'], { stdio: 'pipe' }).length > 1;
  } catch {
    return false;
  }
}
