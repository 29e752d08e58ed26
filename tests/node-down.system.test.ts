import {
  Analyze,
  GetRecommendations,
  NodeStatusChanged,
  PostMigrate,
  PostNodeScores,
  PostRecommendations,
  PostRefresh,
} from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { cluster, hotGuests, vm } from './support/cluster.ts';
import { eventually } from './support/eventually.ts';
import { endOf, migrate, move } from './support/migrations.ts';
import { notify } from './support/notify.ts';
import { startSystem } from './support/system.ts';

test('a node dies, the one that was asked: it is told, its guests stay listed, nothing goes there, all else goes on', async (context) => {
  const onPve2 = hotGuests([200, 201, 202, 203]).map((guest) => ({ ...guest, node: 'pve2' }));
  await using system = await startSystem({
    cluster: cluster([vm(100), vm(101), ...onPve2, vm(204, { node: 'pve2' })]),
  });
  system.explain(context);
  const { api, simulator, webhook } = system;
  await notify(system);
  await using events = await system.events({ types: 'node.*' });
  await simulator.setNode('pve1', 'offline');
  await api.ask(PostRefresh);

  const snapshot = await eventually(async () => {
    const { data } = await api.ask(Analyze);
    expect(data.nodes.pve1?.status).toBe('offline');
    return data;
  });
  expect(snapshot.nodes.pve1?.guests).toEqual([100, 101]);
  expect(snapshot.guests['100']).toMatchObject({ node: 'pve1' });
  await eventually(() => {
    expect(events.of(NodeStatusChanged)).toMatchObject([{ data: { node: 'pve1', status: 'offline' } }]);
    expect(webhook.taken('node.status-changed')).toMatchObject([{ title: expect.stringContaining('pve1') }]);
  });

  await api.ask(PostRecommendations);
  const { recommendations, skipped_guests } = await api.ask(GetRecommendations);
  expect(recommendations.map(({ target_node }) => target_node)).toEqual(recommendations.map(() => 'pve3'));
  expect(recommendations).not.toEqual([]);
  const staying = skipped_guests.filter(({ node }) => node === 'pve1');
  expect(staying).toMatchObject([100, 101].map((vmid) => ({ vmid, reason: 'unknown_state' })));
  const { scores } = await api.ask(PostNodeScores, { body: { vmid: 204 } });
  expect(scores.pve1).toMatchObject({ suitable: false, reason: expect.stringContaining('offline') });

  const refused = await api.refusal(PostMigrate, { body: move({ vmid: 204, from: 'pve2', to: 'pve1' }) });
  expect(refused).toMatchObject({ status: 409, error: expect.stringContaining('pve1 is offline') });
  await migrate(system, { vmid: 204, from: 'pve2', to: 'pve3' });
  expect(await endOf(system, 204)).toMatchObject({ state: 'completed', final_node: 'pve3' });

  // Proxmox itself no longer knows the state of guests it has not heard of for five minutes.
  await simulator.advance(310);
  await api.ask(PostRefresh);
  await eventually(async () => {
    const guest = (await api.ask(Analyze)).data.guests['100'];
    expect(guest).toMatchObject({ node: 'pve1', status: 'unknown', movable: { online: false, offline: false } });
    expect(guest?.unknown).toContain('stats');
  });
  await simulator.setNode('pve1', 'online');
  await api.ask(PostRefresh);
  await eventually(() =>
    expect(events.of(NodeStatusChanged).map(({ data }) => data.status)).toEqual(['offline', 'online']),
  );
});
