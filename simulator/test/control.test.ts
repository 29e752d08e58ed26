import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { guest } from './small-cluster.ts';
import { type Client, start } from './start.ts';

interface State {
  clock: { now_ms: number };
  nodes: { name: string; status: string; cpu: number }[];
  guests: { vmid: number; node: string; lock: string | null; status: string; tags: string[]; cpu: number }[];
  tasks: { upid: string; status: string; exitstatus: string | null; log_lines: number }[];
}

async function state(client: Client): Promise<State> {
  return (await client.control('GET', '/state')).body as unknown as State;
}

test('a migration told from outside: request, advance, truth', async () => {
  await using client = await start();
  const { body } = await client.api('POST', '/nodes/pve1/qemu/100/migrate', { form: { target: 'pve2', online: '1' } });
  expect((await state(client)).guests[0]).toMatchObject({ vmid: 100, node: 'pve1', lock: 'migrate' });
  await client.control('POST', '/clock', { advance_s: 30 });
  const after = await state(client);
  expect(after.guests[0]).toMatchObject({ vmid: 100, node: 'pve2', lock: null, status: 'running' });
  expect(after.tasks).toMatchObject([{ upid: body.data, status: 'stopped', exitstatus: 'OK' }]);
  // Another node answers for the one that ran it.
  const status = await client.api('GET', `/nodes/pve1/tasks/${encodeURIComponent(String(body.data))}/status`, {
    node: 'pve3',
  });
  expect(status.body.data).toMatchObject({
    status: 'stopped',
    exitstatus: 'OK',
    user: 'proxbalance@pve',
    tokenid: 'main',
  });
});

test('speed alone carries a migration through', async () => {
  await using client = await start(['--speed', '600']);
  await client.api('POST', '/nodes/pve1/qemu/100/migrate', { form: { target: 'pve2', online: '1' } });
  await expect.poll(async () => (await state(client)).guests[0]?.node, { timeout: 10_000, interval: 10 }).toBe('pve2');
});

test('a load is changed, nested or flat, and seen at the next tick', async () => {
  await using client = await start();
  await client.control('POST', '/load', { vmid: 100, load: { cpu: 0.9 } });
  await client.control('POST', '/load', { vmid: 101, cpu: 0.1 });
  await client.control('POST', '/clock', { advance_s: 10 });
  const { body } = await client.api('GET', '/cluster/resources?type=vm');
  const cpu = (vmid: number) => (body.data as { vmid: number; cpu: number }[]).find((row) => row.vmid === vmid)?.cpu;
  expect([cpu(100), cpu(101)]).toEqual([0.9, 0.1]);
});

test('guests come, are edited by somebody else, and go', async () => {
  await using client = await start();
  expect((await client.control('POST', '/guests', guest(500))).body).toEqual({ vmid: 500 });
  await client.control('POST', '/guests/500', {
    node: 'pve3',
    tags: ['B', 'a'],
    config: { description: 'x' },
    lock: 'backup',
  });
  const found = (await state(client)).guests.find((entry) => entry.vmid === 500);
  expect(found).toMatchObject({ node: 'pve3', tags: ['a', 'b'], lock: 'backup' });
  await client.control('POST', '/guests/500', { lock: null });
  expect((await state(client)).guests.find((entry) => entry.vmid === 500)?.lock).toBeNull();
  expect((await client.control('DELETE', '/guests/500')).status).toBe(200);
  expect((await client.api('GET', '/nodes/pve3/qemu/500/config')).status).toBe(500);
});

test('nodes go down, into maintenance, and come back', async () => {
  await using client = await start();
  await client.control('POST', '/nodes/pve2', { status: 'maintenance' });
  const manager = await client.api('GET', '/cluster/ha/status/manager_status');
  expect(manager.body.data).toMatchObject({
    manager_status: { node_status: { pve2: 'maintenance' } },
    lrm_status: { pve2: { mode: 'maintenance' } },
  });
  await client.control('POST', '/clock', { advance_s: 60 });
  // The HA guest was taken elsewhere.
  expect((await state(client)).guests.find((entry) => entry.vmid === 104)?.node).not.toBe('pve2');
  await client.control('POST', '/nodes/pve2', { status: 'offline' });
  await expect(client.api('GET', '/version', { node: 'pve2' })).rejects.toThrow();
  expect((await client.api('GET', '/nodes/pve2/status')).status).toBe(595);
  await client.control('POST', '/nodes/pve2', { status: 'online' });
  expect((await client.api('GET', '/version', { node: 'pve2' })).status).toBe(200);
});

test('requests are counted by template, with how many ran at once', async () => {
  await using client = await start();
  await client.control('POST', '/faults', { kind: 'api-latency', ms: 1500, path: '/nodes/*' });
  const asked = Promise.all(['pve1', 'pve2', 'pve3'].map((node) => client.api('GET', `/nodes/${node}/status`)));
  const underWay = async () => (await client.control('GET', '/requests')).body.under_way;
  await expect.poll(underWay, { timeout: 10_000 }).toEqual(['GET /nodes/{node}/status']);
  await asked;
  const { body } = await client.control('GET', '/requests');
  expect(body.total).toBe(3);
  expect(body.by).toMatchObject([{ method: 'GET', path: '/nodes/{node}/status', count: 3 }]);
  expect(Object.values(body.max_concurrent_per_host as object)).toEqual([3]);
  await client.control('DELETE', '/requests');
  expect((await client.control('GET', '/requests')).body).toMatchObject({ total: 0, by: [], under_way: [] });
});

describe('what cannot be is 4xx with the reason, never a crash', () => {
  let client: Client;
  beforeAll(async () => {
    client = await start();
  });
  afterAll(() => client.simulator.close());

  test.each([
    ['GET', '/nowhere', undefined, 404, 'is not one of'],
    ['PUT', '/state', undefined, 405, 'is not one of'],
    ['POST', '/faults', { kind: 'earthquake' }, 400, 'fault.kind must be one of'],
    ['POST', '/faults', '{"kind":', 400, 'JSON'],
    ['POST', '/faults', '[]', 400, 'fault must be an object'],
    ['DELETE', '/faults/77', undefined, 404, 'there is no fault 77'],
    ['POST', '/clock', { advance_s: 'soon' }, 400, 'clock.advance_s must be a number'],
    ['POST', '/clock', { advance_s: -5 }, 400, 'at least 0'],
    ['POST', '/load', { vmid: 1 }, 404, 'there is no guest 1'],
    ['POST', '/load', { vmid: 100, cpus: 2 }, 400, 'unknown field cpus'],
    ['POST', '/guests', { vmid: 100, node: 'pve1', mem_bytes: 1 }, 400, 'guest 100 exists already'],
    ['POST', '/guests', { vmid: 600, node: 'pve1', mem_bytes: 1, colour: 1 }, 400, 'unknown field colour'],
    ['POST', '/guests/100', { node: 'pve9' }, 400, 'there is no node pve9'],
    ['POST', '/guests/abc', {}, 404, 'there is no guest abc'],
    ['POST', '/nodes/pve9', { status: 'online' }, 404, 'there is no node pve9'],
    ['POST', '/nodes/pve1', { status: 'burning' }, 400, 'node.status must be one of'],
    ['DELETE', '/guests/%E0%A4%A', undefined, 400, 'URI'],
  ])('%s %s %j: %i %s', async (method, path, body, status, text) => {
    const reply = await client.control(method, path, body);
    expect([reply.status, String(reply.body.error)]).toEqual([status, expect.stringContaining(text)]);
    expect((await client.api('GET', '/version')).status).toBe(200);
  });
});
