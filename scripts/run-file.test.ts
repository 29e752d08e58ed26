import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startProcess, stop } from './instance.ts';
import { canAdopt, openRunFile, parseRunFile } from './run-file.ts';

const entry = { instance: { pid: 1, command: ['nats-server', '-p', '4222'] }, port: 4222 };

test.each([
  ['no file', ''],
  ['a half written file', '{"nats":{"inst'],
  ['a list', '[]'],
  ['an entry without a process', '{"nats":{"port":4222}}'],
  ['a process id that is a word', '{"nats":{"instance":{"pid":"1","command":["x"]}}}'],
  ['a process without its command line', '{"nats":{"instance":{"pid":1}}}'],
  ['a role nobody knows', '{"postgres":{"instance":{"pid":1,"command":["x"]}}}'],
])('%s holds nothing to adopt', (_what, text) => {
  expect(parseRunFile(text).size).toBe(0);
});

test('what is set is there for the next start, for its owner only, and gone when removed', () => {
  const folder = temporaryFolder();
  openRunFile(folder).set('nats', entry);
  expect(openRunFile(folder).entries()).toEqual([['nats', entry]]);
  expect(statSync(join(folder, 'run.json')).mode & 0o777).toBe(0o600);
  openRunFile(folder).remove('nats');
  expect(readdirSync(folder)).toEqual([]);
});

test('a process that runs as recorded and answers is adopted', async () => {
  const running = await startSleep();
  expect(await canAdopt(running, async () => true)).toBe(true);
});

test('a process that runs but does not answer is not adopted', async () => {
  const running = await startSleep();
  expect(await canAdopt(running, async () => false)).toBe(false);
});

test('a process whose first answer comes too late is asked again', async () => {
  const running = await startSleep();
  let asked = 0;
  expect(await canAdopt(running, async () => ++asked === 2)).toBe(true);
});

test('a process id that now belongs to another program is neither adopted nor ended', async () => {
  const { instance } = await startSleep();
  const stranger = { instance: { ...instance, command: ['nats-server', '-p', '4222'] } };
  expect(await canAdopt(stranger, async () => true)).toBe(false);
  await stop(stranger.instance);
  expect(await canAdopt({ instance }, async () => true)).toBe(true);
});

async function startSleep() {
  const log = join(temporaryFolder(), 'log');
  const instance = startProcess(['/bin/sleep', '60'], { out: log, err: log });
  onTestFinished(() => stop(instance));
  if (!('pid' in instance)) throw new Error('not a process');
  return { instance };
}

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'proxbalance-run-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}
