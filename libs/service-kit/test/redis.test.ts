import { expect, inject, test } from 'vitest';
import { startRedis } from '../../../tests/support/brokers.ts';
import { eventually } from '../../../tests/support/eventually.ts';
import { openLog } from '../src/log.ts';
import { openRedis } from '../src/redis.ts';
import { openScope } from '../src/scope.ts';

const timed = async <T>(work: Promise<T>): Promise<{ ms: number; error?: Error; value?: T }> => {
  const begin = Date.now();
  return work.then(
    (value) => ({ ms: Date.now() - begin, value }),
    (error: Error) => ({ ms: Date.now() - begin, error }),
  );
};

async function openLink(url: string, lines: string[] = []) {
  const scope = openScope();
  const log = openLog({ level: 'debug', service: 'test' }, { write: (line) => void lines.push(line) });
  const link = await openRedis(scope, { url }, log);
  return { ...link, scope, [Symbol.asyncDispose]: () => scope.close() };
}

test('commands fail at once while Redis is down and work again after its restart, on what was stored', async () => {
  await using server = await startRedis();
  await using link = await openLink(server.url);
  await link.client.set('key', 'value');
  expect(await link.health()).toEqual({ ok: true, detail: 'ready' });

  await server.stop();
  await eventually(async () => expect((await link.health()).ok).toBe(false));
  const failed = await timed(link.client.get('key'));
  expect(failed.error).toBeInstanceOf(Error);
  expect(failed.ms).toBeLessThan(50);

  await server.restart();
  await eventually(async () => expect(await link.client.get('key')).toBe('value'), { withinMs: 5000 });
  expect((await link.health()).ok).toBe(true);
});

test('a command under way when the connection breaks fails, and is not sent a second time', async () => {
  await using server = await startRedis();
  await using link = await openLink(server.url);
  await using other = await openLink(server.url);
  const waiting = timed(link.client.blpop('list', 0));
  await eventually(async () => expect(await other.client.info('clients')).toContain('blocked_clients:1'));
  await other.client.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
  expect((await waiting).error).toBeInstanceOf(Error);
  await eventually(async () => expect((await link.health()).ok).toBe(true));
  expect(await other.client.info('clients')).toContain('blocked_clients:0');
});

test('a connection for jobs waits for Redis rather than failing', async () => {
  await using server = await startRedis();
  await using link = await openLink(server.url);
  const jobs = link.forJobs();
  await jobs.set('key', 'value');
  await server.stop();
  await eventually(async () => expect((await link.health()).ok).toBe(false));
  const got = jobs.get('key');
  await server.restart();
  expect(await got).toBe('value');
});

test('a service that starts before Redis waits for it, says so, and can be stopped meanwhile', async () => {
  await using server = await startRedis();
  await server.stop();
  const opening = openLink(server.url);
  await server.restart();
  await using link = await opening;
  expect(await link.client.ping()).toBe('PONG');

  await server.stop();
  const scope = openScope();
  const second = openRedis(scope, { url: server.url }, openLog({ level: 'silent', service: 'test' }));
  const stopped = expect(second).rejects.toThrow('stopped while waiting');
  await scope.close();
  await stopped;
});

test('a password that is refused is not in the log', async () => {
  await using server = await startRedis();
  await using admin = await openLink(server.url);
  await admin.client.config('SET', 'requirepass', 'right');
  const lines: string[] = [];
  const scope = openScope();
  const log = openLog({ level: 'debug', service: 'test' }, { write: (line) => void lines.push(line) });
  const url = server.url.replace('redis://', 'redis://:hunter2@');
  const opening = openRedis(scope, { url }, log).catch(() => undefined);
  await eventually(() => expect(lines.join('')).toContain('WRONGPASS'));
  await scope.close();
  await opening;
  expect(lines.join('')).not.toContain('hunter2');
});

test('a server that may forget or evict jobs is named at start', async () => {
  await using server = await startRedis();
  await using admin = await openLink(server.url);
  await admin.client.config('SET', 'appendonly', 'no');
  await admin.client.config('SET', 'maxmemory-policy', 'allkeys-lru');
  const lines: string[] = [];
  await using _link = await openLink(server.url, lines);
  expect(lines.join('')).toContain('may evict jobs');
  expect(lines.join('')).toContain('no append-only file');
});

test('closing does not wait for a command that waits', async () => {
  const link = await openLink(inject('redisUrl'));
  const waiting = timed(link.client.blpop(`list-${Date.now()}`, 0));
  const jobs = link.forJobs();
  await jobs.ping();
  const closing = await timed(link.scope.close());
  expect(closing.ms).toBeLessThan(10_000);
  expect((await waiting).error).toBeInstanceOf(Error);
});
