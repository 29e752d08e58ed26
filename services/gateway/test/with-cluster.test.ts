import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { GetPermissions, PostGuestTag, PostRefreshTags, PostValidateToken } from '@proxbalance/contracts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { cluster, vm } from '../../../tests/support/cluster.ts';
import { eventually } from '../../../tests/support/eventually.ts';
import { type Simulator, startSimulator } from '../../../tests/support/simulator.ts';
import { type Gateway, startGateway } from './support/gateway.ts';
import { startProcess } from './support/process.ts';
import { refusal } from './support/refusal.ts';

/* The real collector, a process of its own, between the gateway and a simulated cluster. */

let gateway: Gateway;
let simulator: Simulator;
const stack = new AsyncDisposableStack();
beforeAll(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'proxbalance-gateway-'));
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const guests = [vm(100, { tags: ['web'] }), vm(101, { node: 'pve2', tags: ['affinity_shop'] })];
  simulator = await startSimulator(folder, cluster(guests), []);
  stack.defer(() => simulator.child.kill9());
  gateway = stack.use(await startGateway(simulator.env));
  stack.use(await startProcess('collector', gateway.env));
  await eventually(async () => expect((await gateway.get('/api/analyze')).status).toBe(200));
});
afterAll(() => stack.disposeAsync());

const json = async (path: string) => (await gateway.get(path)).json() as Promise<unknown>;
const add = (vmid: number, tag: string) => gateway.post(`/api/guests/${vmid}/tags`, { tag });
const remove = (vmid: number, tag: string) =>
  fetch(`${gateway.url}/api/guests/${vmid}/tags/${tag}`, { method: 'DELETE' });

test('a tag is written to Proxmox, and is in every answer at once and after the next snapshot', async () => {
  const added = PostGuestTag.reply.parse(await (await add(100, 'affinity_shop')).json());
  expect(added.tags.toSorted()).toEqual(['affinity_shop', 'web']);
  const split = { affinity_groups: [{ name: 'affinity_shop', nodes: ['pve1', 'pve2'], status: 'split' }] };
  expect(await json('/api/affinity-groups')).toMatchObject(split);
  const before = (await json('/api/analyze')) as { data: { snapshot_id: string } };
  await gateway.post('/api/refresh');
  await eventually(async () => {
    const after = (await json('/api/analyze')) as typeof before;
    expect(after.data.snapshot_id).not.toBe(before.data.snapshot_id);
  });
  expect(await json('/api/affinity-groups')).toMatchObject(split);
  expect((await remove(100, 'AFFINITY_shop')).status).toBe(200);
  expect(await json('/api/affinity-groups')).toMatchObject({ split_groups: 0, affinity_groups: [{ member_count: 1 }] });
});

test('one that is there, or is not, is refused', async () => {
  const twice = await refusal(await add(100, 'WEB'));
  expect([twice.status, twice.code, twice.details?.[0]?.path]).toEqual([400, 'invalid-input', 'tag']);
  expect(twice.details?.[0]?.message).toContain('already');
  expect(await refusal(await remove(100, 'nothing'))).toMatchObject({ status: 404, code: 'tag-not-found' });
  for (const answer of [
    await add(999, 'a'),
    await remove(999, 'a'),
    await gateway.post('/api/guests/999/tags/refresh'),
  ])
    expect(await refusal(answer)).toMatchObject({ status: 404, code: 'guest-not-found' });
});

test('a fresh look at the tags', async () => {
  const body: unknown = await (await gateway.post('/api/guests/101/tags/refresh')).json();
  expect(PostRefreshTags.reply.parse(body)).toEqual(body);
  expect(body).toMatchObject({ tags: { affinity_groups: ['affinity_shop'] } });
});

test('what the token may do, and what another may', async () => {
  const permissions = GetPermissions.reply.parse(await json('/api/permissions'));
  expect(permissions, permissions.reason).toMatchObject({ success: true, can_migrate: true });
  const { PROXMOX_TOKEN_ID: proxmox_api_token_id = '', PROXMOX_TOKEN_SECRET: proxmox_api_token_secret = '' } =
    simulator.env;
  const token = { proxmox_api_token_id, proxmox_api_token_secret };
  const tried = await (await gateway.post('/api/validate-token', token)).json();
  expect(PostValidateToken.reply.parse(tried).permissions.length).toBeGreaterThan(0);
  const wrong = await gateway.post('/api/validate-token', { ...token, proxmox_api_token_secret: 'wrong' });
  expect(await refusal(wrong)).toMatchObject({ status: 401, code: 'token-refused' });
});
