import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { GetMigrationStatus, GetRecommendations, PostMigrate } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { isAlive } from '../scripts/instance.ts';
import { openRunFile } from '../scripts/run-file.ts';
import { openApi } from './support/api.ts';
import { eventually } from './support/eventually.ts';
import { dataFolder, npmStart } from './support/npm-start.ts';
import { controlOf } from './support/simulator.ts';

test('a start without a configured cluster shows the demo, and Ctrl-C stops all of it', async () => {
  const dataDir = dataFolder();
  const started = npmStart(dataDir);
  expect((await fetch(`${await started.url()}/api/health`)).status).toBe(200);
  expect(started.output()).toContain('simulated');
  expect(
    openRunFile(dataDir)
      .entries()
      .map(([role]) => role),
  ).toEqual(['nats', 'redis', 'simulator']);
  expect(statSync(join(dataDir, 'secret.key')).mode & 0o777).toBe(0o600);
  started.signal('SIGINT');
  expect(await started.ended).toBe(0);
  expect(openRunFile(dataDir).entries()).toEqual([]);
});

test('a second start on the same folder is refused', async () => {
  const dataDir = dataFolder();
  const first = npmStart(dataDir, '--no-demo');
  await first.url();
  const second = npmStart(dataDir, '--no-demo');
  expect(await second.ended).toBe(1);
  expect(second.output()).toContain('already runs on the data folder');
  expect((await fetch(`${await first.url()}/api/health`)).status).toBe(200);
});

test('a first evening: advice at once, one move, a crash in the middle of it, and a clean end', async () => {
  const dataDir = dataFolder();
  const first = npmStart(dataDir);
  const url = await first.url();
  const { recommendations } = await eventually(() => openApi(() => url).ask(GetRecommendations), { withinMs: 5000 });
  const [best] = recommendations;
  if (!best) throw new Error('the demo recommends nothing');

  const simulator = controlOf(String(openRunFile(dataDir).get('simulator')?.ready?.control));
  const { vmid, source_node, target_node } = best;
  await simulator.fault({ kind: 'migration-stalls', vmid });
  const accepted = await openApi(() => url).ask(PostMigrate, { body: { vmid, source_node, target_node } });
  expect(accepted.task_id).toContain(`:${vmid}:`);
  const running = readFileSync(join(dataDir, 'run.json'), 'utf8');
  expect(await first.kill9()).toBe(137);

  const second = npmStart(dataDir);
  const api = openApi(await second.url().then((found) => () => found));
  expect(readFileSync(join(dataDir, 'run.json'), 'utf8')).toBe(running);
  await simulator.clearFaults();
  await eventually(
    async () => {
      const { migration } = await api.ask(GetMigrationStatus, { params: { vmid: String(vmid) } });
      expect(migration).toMatchObject({ migration_id: accepted.migration_id, state: 'completed' });
    },
    { withinMs: 60_000 },
  );
  expect(await simulator.nodeOf(vmid)).toBe(target_node);
  expect(await simulator.moves(vmid)).toMatchObject([{ upid: accepted.task_id, exitstatus: 'OK' }]);

  const left = openRunFile(dataDir).entries();
  second.signal('SIGTERM');
  expect(await second.ended).toBe(0);
  expect(openRunFile(dataDir).entries()).toEqual([]);
  expect(await Promise.all(left.map(([, { instance }]) => isAlive(instance)))).toEqual([false, false, false]);
});

test.each([
  ['a port that is none', ['--port', 'http'], 2, '--port'],
  ['an unknown option', ['--nope'], 2, 'Usage'],
])('%s ends with its exit code and a reason', async (_what, args, code, reason) => {
  const started = npmStart(dataFolder(), ...args);
  expect(await started.ended).toBe(code);
  expect(started.output()).toContain(reason);
});

test('invalid variables are all named before the start ends', async () => {
  const started = npmStart(dataFolder(), { PROXMOX_TLS: 'maybe', PROXBALANCE_NAMESPACE: 'No Spaces' });
  expect(await started.ended).toBe(1);
  expect(started.output()).toContain('PROXMOX_TLS');
  expect(started.output()).toContain('PROXBALANCE_NAMESPACE');
});
