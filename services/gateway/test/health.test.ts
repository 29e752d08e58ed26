import { CollectionFailed, GetHealth } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { type Gateway, showSnapshot, smallSnapshot, startGateway } from './support/gateway.ts';
import { refusal } from './support/refusal.ts';

const token = 'a-token-of-some-length';
const cluster = {
  PROXMOX_HOSTS: '127.0.0.1:1',
  PROXMOX_TOKEN_ID: 'balance@pve!main',
  PROXMOX_TOKEN_SECRET: crypto.randomUUID(),
};
const read = async (gateway: Gateway, headers = {}) => {
  const answer = await gateway.get('/api/health', headers);
  return GetHealth.reply.parse(await answer.json());
};

test('that the cluster can not be read is told until it can, before the first snapshot as well', async () => {
  await using gateway = await startGateway(cluster);
  const { bus } = await gateway.as('collector');
  const fail = (reason: string, last_collected_at: string | null) =>
    bus.publish(CollectionFailed, { reason, kind: 'unreachable', last_collected_at });
  expect((await read(gateway)).problems).toMatchObject([{ code: 'no-snapshot' }]);
  await fail('no luck', null);
  const unreadable = (detail: string) => [{ code: 'cluster-unreadable', detail }];
  await eventually(async () => expect((await read(gateway)).problems).toMatchObject(unreadable('no luck')));

  const snapshot = smallSnapshot({ cluster_health: { quorate: false, nodes: 2, online_nodes: 2 } });
  await showSnapshot(gateway, snapshot);
  const codes = async () => (await read(gateway)).problems.map(({ code }) => code);
  expect(await codes()).toEqual(['no-quorum', 'parts-unknown', 'parts-old']);
  await fail('again', snapshot.collected_at);
  await eventually(async () => expect((await codes())[0]).toBe('cluster-unreadable'));
});

test('why there is nothing to be seen yet is said where it is asked for', async () => {
  await using bare = await startGateway();
  const why = async (gateway: Gateway) => (await refusal(await gateway.get('/api/analyze'))).error;
  expect(await why(bare)).toContain('no Proxmox is configured');
  await using gateway = await startGateway(cluster);
  expect(await why(gateway)).toContain('has not read Proxmox so far');
  const { bus } = await gateway.as('collector');
  const reason = 'Authentication failed!';
  await bus.publish(CollectionFailed, { reason, kind: 'authentication', last_collected_at: null });
  await eventually(async () => expect(await why(gateway)).toBe(`no snapshot of the cluster yet: ${reason}`));
});

test('who is not known is told what is wrong, not where', async () => {
  await using gateway = await startGateway({ ...cluster, PROXBALANCE_AUTH: 'token', PROXBALANCE_ADMIN_TOKEN: token });
  const { bus } = await gateway.as('collector');
  await bus.publish(CollectionFailed, { reason: '10.0.0.1: no', kind: 'unreachable', last_collected_at: null });
  const known = { authorization: `Bearer ${token}` };
  const code = 'cluster-unreadable';
  await eventually(async () =>
    expect((await read(gateway, known)).problems).toMatchObject([{ code, detail: '10.0.0.1: no' }]),
  );
  expect((await read(gateway)).problems).toMatchObject([{ code, message: expect.any(String), detail: null }]);
  expect((await read(gateway, { authorization: 'Bearer wrong' })).problems).toMatchObject([{ code, detail: null }]);
});

test('without a connection nothing is wrong with any cluster', async () => {
  await using gateway = await startGateway();
  expect(await read(gateway)).toMatchObject({ problems: [], proxmox: { configured: false } });
});
