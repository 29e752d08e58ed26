import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { converse } from '../scripts/brokers/converse.ts';
import { nats, redis } from '../scripts/brokers/kinds.ts';
import { openBrokers } from '../scripts/brokers.ts';
import { isAlive, signal } from '../scripts/instance.ts';
import { openRunFile } from '../scripts/run-file.ts';
import { startNats, startRedis } from './support/brokers.ts';

const soon = { timeout: 40_000, interval: 50 };

test('a test broker that was killed comes back on its port with its data', async () => {
  await using broker = await startRedis();
  expect(await converse(broker.port, 'SET answer 42\r\n', /OK/)).toBe(true);
  await broker.kill();
  expect(await redis.answers(broker.port)).toBe(false);
  await broker.restart();
  expect(await converse(broker.port, 'GET answer\r\n', /42/)).toBe(true);
});

test('a test broker is gone, with its folder, when its test is over', async () => {
  const broker = await startNats();
  expect(await nats.answers(broker.port)).toBe(true);
  await broker[Symbol.asyncDispose]();
  expect(await nats.answers(broker.port)).toBe(false);
});

test('a test broker is gone when the test runner was killed', async () => {
  const program = `
    import { startRedis } from ${JSON.stringify(new URL('support/brokers.ts', import.meta.url))};
    const { port } = await startRedis();
    console.log(port);
    setInterval(() => {}, 1000);`;
  const runner = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void runner.kill('SIGKILL'));
  const port = Number(await new Promise((resolve) => runner.stdout.once('data', resolve)));
  expect(await redis.answers(port)).toBe(true);
  runner.kill('SIGKILL');
  await vi.waitFor(async () => expect(await redis.answers(port)).toBe(false), soon);
});

test('a port that is taken is an error that shows what the broker said', async () => {
  await using broker = await startRedis();
  await expect(startRedis({ port: broker.port })).rejects.toThrow(/already in use/i);
});

test('servers named in the environment are used as they are, and left alone', async () => {
  const env = { NATS_URL: 'nats://elsewhere:4222', REDIS_URL: 'redis://elsewhere' };
  const { dataDir, run } = folder();
  const brokers = await openBrokers({ env, dataDir, run, log: () => {} });
  expect(brokers).toMatchObject({ natsUrl: env.NATS_URL, redisUrl: env.REDIS_URL });
  await brokers.close();
  expect(existsSync(join(dataDir, 'run.json'))).toBe(false);
});

test('a broker of npm start that dies is started again on its port, and stopped in the end', async () => {
  const { dataDir, run } = folder();
  const said: string[] = [];
  const brokers = await openBrokers({ env: {}, dataDir, run, log: (line) => said.push(line) });
  onTestFinished(brokers.close);
  const first = run.get('redis')?.instance;
  if (first === undefined) throw new Error('redis is not in the run file');
  await signal(first, 'SIGKILL');
  const port = Number(new URL(brokers.redisUrl).port);
  await vi.waitFor(async () => expect(await isAlive(first)).toBe(false), soon);
  await vi.waitFor(async () => expect(await redis.answers(port)).toBe(true), soon);
  expect(said).toContain('redis-server ended unexpectedly; starting it again.');
  await brokers.close();
  expect(await redis.answers(port)).toBe(false);
  expect(run.entries()).toEqual([]);
});

function folder() {
  const dataDir = mkdtempSync(join(tmpdir(), 'proxbalance-brokers-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true, force: true }));
  return { dataDir, run: openRunFile(dataDir) };
}
