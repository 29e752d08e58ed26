import {
  Analyze,
  DeleteGuestTag,
  GetAffinityGroups,
  GetClusterSummary,
  GetGuestsOnly,
  GetGuestTags,
  GetNodesOnly,
  GetRecommendations,
  PostConfig,
  PostGuestTag,
  PostRecommendations,
} from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { type Api, openApi } from './support/api.ts';
import { cluster, hotGuests, vm } from './support/cluster.ts';
import { eventually } from './support/eventually.ts';
import { startSystem } from './support/system.ts';

const hot = [100, 101, 102, 103];

test('tags that change are in every read model of every replica within two seconds, and edits at once lose nothing', async (context) => {
  await using system = await startSystem({
    cluster: cluster([...hotGuests(hot), vm(104, { tags: ['old'] })]),
    services: ['gateway', 'collector', 'recommender'],
  });
  system.explain(context);
  const { api } = system;
  const gateway = await system.startAnother('gateway');
  const other = openApi(() => gateway.url());
  // No snapshot comes to help.
  await api.ask(PostConfig, { body: { live_interval_seconds: 300 } });
  const first = await eventually(async () => {
    const { recommendations } = await other.ask(GetRecommendations);
    expect(recommendations.length).toBeGreaterThan(0);
    return recommendations[0]?.vmid ?? 0;
  });
  const params = { vmid: String(first) };
  for (const tag of ['ignore', 'io_exempt', 'affinity_new']) await api.ask(PostGuestTag, { params, body: { tag } });
  for (const each of [api, other]) await eventually(() => expectEverywhere(each, first), { withinMs: 2000 });

  const numbers = Array.from({ length: 12 }, (_, index) => index);
  const tagged = { vmid: '104' };
  const add = (index: number) =>
    (index % 2 ? api : other).ask(PostGuestTag, { params: tagged, body: { tag: `t${index}` } });
  await Promise.all([...numbers.map(add), api.ask(DeleteGuestTag, { params: { ...tagged, tag: 'old' } })]);
  const all = numbers.map((index) => `t${index}`).toSorted();
  for (const each of [api, other])
    await eventually(
      async () => expect((await each.ask(GetGuestTags, { params: tagged })).tags.toSorted()).toEqual(all),
      {
        withinMs: 2000,
      },
    );
});

async function expectEverywhere(api: Api, vmid: number): Promise<void> {
  const { data: all } = await api.ask(Analyze);
  const { data: guests } = await api.ask(GetGuestsOnly);
  const { data: nodes } = await api.ask(GetNodesOnly);
  for (const { guests: known } of [all, guests])
    expect(known[vmid]).toMatchObject({
      io_exempt: true,
      tags: { has_ignore: true, affinity_groups: ['affinity_new'] },
    });
  for (const { nodes: known } of [all, nodes])
    expect(known.pve1?.iowait_exempt_guests.map((guest) => guest.vmid)).toEqual([vmid]);
  expect((await api.ask(GetClusterSummary)).data.summary.ignored_guests).toBe(1);
  const { affinity_groups } = await api.ask(GetAffinityGroups);
  expect(affinity_groups).toMatchObject([{ name: 'affinity_new', members: [{ vmid }] }]);
  const generations = [await api.ask(GetRecommendations), await api.ask(PostRecommendations, { body: {} })];
  for (const { recommendations } of generations) expect(recommendations.map((one) => one.vmid)).not.toContain(vmid);
}
