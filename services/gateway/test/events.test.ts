import { once } from 'node:events';
import { connect } from 'node:net';
import { GuestMoved, MigrationCompleted, NodeStatusChanged, RunFinished, SnapshotTaken } from '@proxbalance/contracts';
import type { Kit } from '@proxbalance/service-kit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openEvents } from '../../../tests/support/event-reader.ts';
import { eventually } from '../../../tests/support/eventually.ts';
import { aMigration } from '../../../tests/support/nouns.ts';
import { type Gateway, smallSnapshot, startGateway } from './support/gateway.ts';

let gateway: Gateway;
let collector: Kit;
beforeEach(async () => {
  gateway = await startGateway();
  collector = await gateway.as('collector');
});
afterEach(() => gateway[Symbol.asyncDispose]());

const moved = (vmid: number) =>
  collector.bus.publish(GuestMoved, { vmid, name: 'g', from: 'pve1', to: 'pve2' }, { id: `moved-${vmid}` });

test('only the wanted types come', async () => {
  await using reader = await openEvents(gateway.url, { types: 'node.*,migration.completed' });
  await moved(100);
  await collector.bus.publish(NodeStatusChanged, { node: 'pve1', status: 'offline', previous_status: 'online' });
  await (await gateway.as('migrator')).bus.publish(MigrationCompleted, aMigration({ state: 'completed' }));
  await eventually(() =>
    expect(reader.seen.map(({ type }) => type)).toEqual(['node.status-changed', 'migration.completed']),
  );
});

test('a reader that comes back gets what it missed, in order and once', async () => {
  for (const vmid of [100, 101, 102]) await moved(vmid);
  await eventually(async () => {
    await using reader = await openEvents(gateway.url, { lastEventId: 'moved-100' });
    await eventually(() => expect(reader.seen.map(({ id }) => id)).toEqual(['moved-101', 'moved-102']), {
      withinMs: 300,
    });
  });
  await using reader = await openEvents(gateway.url, { lastEventId: 'moved-101' });
  await moved(103);
  await eventually(() => expect(reader.seen.map(({ id }) => id)).toEqual(['moved-102', 'moved-103']));
});

test('a reader with an id nobody knows gets everything that is kept', async () => {
  for (const vmid of [100, 101]) await moved(vmid);
  await using reader = await openEvents(gateway.url, { lastEventId: 'long-gone', types: 'guest.moved' });
  await eventually(() => expect(reader.seen.map(({ id }) => id)).toEqual(['moved-100', 'moved-101']));
});

test('a gateway that has just begun still gives what was missed before', async () => {
  for (const vmid of [100, 101, 102]) await moved(vmid);
  await using later = await startGateway(gateway.env);
  await using back = await openEvents(later.url, { lastEventId: 'moved-100', types: 'guest.moved' });
  await using fresh = await openEvents(later.url, { types: 'guest.moved' });
  await moved(103);
  await eventually(() => expect(fresh.seen.map(({ id }) => id)).toContain('moved-103'));
  expect(fresh.seen.map(({ id }) => id)).toEqual(['moved-103']);
  expect(back.seen.map(({ id }) => id).slice(-3)).toEqual(['moved-101', 'moved-102', 'moved-103']);
});

test('a whole state is not pushed: the event says where to read it', async () => {
  await using reader = await openEvents(gateway.url);
  await collector.bus.publish(SnapshotTaken, smallSnapshot());
  const decisions = Array.from({ length: 2000 }, (_, index) => ({
    vmid: 100 + index,
    name: 'g',
    source_node: 'pve1',
    target_node: 'pve2',
    action: 'would-migrate' as const,
    reason: 'x'.repeat(50),
  }));
  const at = new Date().toISOString();
  const run = {
    run_id: 'r1',
    dry_run: true,
    started_at: at,
    finished_at: at,
    status: 'completed' as const,
    reason: '',
    decisions,
  };
  await (await gateway.as('automation')).bus.publish(RunFinished, run);
  await eventually(() => expect(reader.seen).toHaveLength(2));
  expect(reader.seen[0]).toMatchObject({ type: 'cluster.snapshot-taken', dataref: '/api/analyze' });
  for (const envelope of reader.seen) expect(envelope).not.toHaveProperty('data');
});

test('the stream has the headers of every answer, and a comment when nothing happens', async () => {
  const answer = await fetch(`${gateway.url}/api/events`, { headers: { 'x-request-id': 'stream-1' } });
  expect(Object.fromEntries(answer.headers)).toMatchObject({
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-cache, no-transform',
    'x-accel-buffering': 'no',
    'x-request-id': 'stream-1',
    'x-content-type-options': 'nosniff',
  });
  let text = '';
  for await (const chunk of answer.body ?? []) {
    text += Buffer.from(chunk).toString();
    if (text.includes(': alive\n\n')) break;
  }
  expect(text).toMatch(/^: connected\n\n(: alive\n\n)+$/);
});

test('a reader that does not read is let go, and holds up nobody', async () => {
  const { port } = new URL(gateway.url);
  const lazy = connect(Number(port), '127.0.0.1');
  lazy.on('error', () => undefined);
  lazy.pause();
  lazy.write('GET /api/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  await using reader = await openEvents(gateway.url, { types: 'automation.*' });
  const at = new Date().toISOString();
  const { bus } = await gateway.as('automation');
  const run = {
    dry_run: true,
    started_at: at,
    finished_at: at,
    status: 'completed' as const,
    reason: 'x'.repeat(60_000),
    decisions: [],
  };
  const count = 300;
  for (let index = 0; index < count; index++) await bus.publish(RunFinished, { ...run, run_id: `r${index}` });
  await eventually(() => expect(reader.seen).toHaveLength(count), { withinMs: 20_000 });
  const closed = once(lazy, 'close');
  lazy.resume();
  await closed;
});

test('200 readers get the same event', async () => {
  const readers = await Promise.all(Array.from({ length: 200 }, () => openEvents(gateway.url)));
  await moved(100);
  await eventually(() => expect(readers.every(({ seen }) => seen.length === 1)).toBe(true));
  const begin = Date.now();
  await gateway.close();
  expect(Date.now() - begin).toBeLessThan(10_000);
  await Promise.all(readers.map((reader) => reader[Symbol.asyncDispose]()));
});

test('many wildcards are no work', async () => {
  const types = `${Array.from({ length: 30 }, () => '*'.repeat(30)).join(',')},x`;
  const begin = Date.now();
  await using _reader = await openEvents(gateway.url, { types: `${'*a'.repeat(200)}${'*'.repeat(500)}z` });
  await using reader = await openEvents(gateway.url, { types: types.slice(0, 1000) });
  await moved(100);
  await eventually(() => expect(reader.seen).toHaveLength(1));
  expect(Date.now() - begin).toBeLessThan(10_000);
});
