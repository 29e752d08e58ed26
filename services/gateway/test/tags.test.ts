import {
  DeleteGuestTag,
  EditTags,
  GetAffinityGroups,
  GetGuestTags,
  GuestTagsChanged,
  PostGuestTag,
  PostRefreshTags,
  RefreshTags,
  type TagState,
} from '@proxbalance/contracts';
import { answer, type Kit } from '@proxbalance/service-kit';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { aCluster, aGuest, aNode, withTags } from '../../../libs/engine/src/testing/build.ts';
import { eventually } from '../../../tests/support/eventually.ts';
import { type Gateway, play, showSnapshot, startGateway } from './support/gateway.ts';

/* Proxmox and the collector's side of the bus are played here: what matters is what the gateway makes of them. */

let gateway: Gateway;
let collector: Kit;
let inProxmox: Map<number, string[]>;
beforeEach(async () => {
  gateway = await startGateway();
  collector = await gateway.as('collector');
  inProxmox = new Map([
    [100, ['Web', 'affinity_shop']],
    [101, []],
  ]);
  await play(collector, [
    answer(EditTags, async ({ vmid, add, remove }) => {
      const gone = remove.map((tag) => tag.toLowerCase());
      inProxmox.set(
        vmid,
        [...tagsOf(vmid), ...add].filter((tag) => !gone.includes(tag)),
      );
      await collector.bus.publish(GuestTagsChanged, state(vmid));
      return state(vmid);
    }),
    answer(RefreshTags, async ({ vmid }) => state(vmid)),
  ]);
  await show();
});
afterEach(() => gateway[Symbol.asyncDispose]());

const tagsOf = (vmid: number): string[] => (inProxmox.get(vmid) ?? []).map((tag) => tag.toLowerCase());
const parsed = (tags: string[]) => withTags(...tags) as TagState['parsed'];
const state = (vmid: number, at = Date.now()): TagState => ({
  vmid,
  tags: inProxmox.get(vmid) ?? [],
  parsed: parsed(tagsOf(vmid)),
  read_at: new Date(at).toISOString(),
});

let shown = 0;
const show = (at = Date.now() - 5000, to = gateway) => {
  const guests = [...inProxmox.keys()].map((vmid) =>
    aGuest({ vmid, node: vmid === 100 ? 'pve1' : 'pve2', tags: parsed(tagsOf(vmid)) }),
  );
  const collected_at = new Date(at).toISOString();
  const nodes = [aNode({ name: 'pve1' }), aNode({ name: 'pve2' })];
  return showSnapshot(to, aCluster(nodes, guests, { snapshot_id: `s${++shown}`, collected_at }));
};

const json = async (path: string, from = gateway) => (await from.get(path)).json() as Promise<never>;
const remove = (vmid: number, tag: string) =>
  fetch(`${gateway.url}/api/guests/${vmid}/tags/${encodeURIComponent(tag)}`, { method: 'DELETE' });

/** The tags of a guest as each read model has them. */
async function everywhere(vmid: number, from = gateway) {
  type Guests = { data: { guests: Record<string, { tags: { all_tags: string[] } }> } };
  const [tags, only, all] = (await Promise.all([
    json(`/api/guests/${vmid}/tags`, from),
    json('/api/guests-only', from),
    json('/api/analyze?fields=no-trends', from),
  ])) as [{ tags: string[] }, Guests, Guests];
  return [tags.tags, ...[only, all].map(({ data }) => data.guests[vmid]?.tags.all_tags)];
}
const threeTimes = <T>(one: T) => [one, one, one];

test('a tag that is added and removed is seen everywhere at once, and soon by other replicas', async () => {
  await using other = await startGateway(gateway.env);
  await eventually(async () => expect((await other.get('/api/analyze')).status).toBe(200));
  const before = (await gateway.get('/api/guests-only')).headers.get('etag');
  const added = await gateway.post('/api/guests/101/tags', { tag: 'Affinity_Shop' });
  const tags = ['affinity_shop'];
  expect(PostGuestTag.reply.parse(await added.json())).toMatchObject({ tags });
  expect(await everywhere(101)).toEqual(threeTimes(tags));
  expect((await gateway.get('/api/guests-only')).headers.get('etag')).not.toBe(before);
  const groups = GetAffinityGroups.reply.parse(await json('/api/affinity-groups'));
  expect(groups).toMatchObject({ total_groups: 1, split_groups: 1, affinity_groups: [{ nodes: ['pve1', 'pve2'] }] });
  await eventually(async () => expect(await everywhere(101, other)).toEqual(threeTimes(tags)));
  const removed = await remove(101, 'AFFINITY_shop');
  expect(DeleteGuestTag.reply.parse(await removed.json())).toMatchObject({ tags: [] });
  expect(await everywhere(101)).toEqual(threeTimes([]));
  expect(await json('/api/affinity-groups')).toMatchObject({ total_groups: 1, split_groups: 0 });
});

test('what follows from tags follows: the summary counts, a node is exempt', async () => {
  await gateway.post('/api/guests/100/tags', { tag: 'ignore' });
  expect(await json('/api/cluster-summary')).toMatchObject({ data: { summary: { ignored_guests: 1 } } });
  await gateway.post('/api/guests/100/tags', { tag: 'io_exempt' });
  const exempt = { iowait_exempt: true, iowait_exempt_guests: [{ vmid: 100, reason: 'tag' }] };
  expect(await json('/api/nodes-only')).toMatchObject({ data: { nodes: { pve1: exempt } } });
});

describe('a change in Proxmox', () => {
  test('is seen by a refresh, without a collection', async () => {
    inProxmox.set(100, ['ignore', 'exclude_db']);
    const refreshed = await gateway.post('/api/guests/100/tags/refresh');
    const { tags } = PostRefreshTags.reply.parse(await refreshed.json());
    expect(tags).toMatchObject({ has_ignore: true, exclude_groups: ['exclude_db'] });
    expect(await everywhere(100)).toEqual(threeTimes(['ignore', 'exclude_db']));
  });

  test('is seen soon after it was told, and stays until a snapshot from after it', async () => {
    inProxmox.set(100, ['told']);
    await collector.bus.publish(GuestTagsChanged, state(100, Date.now()));
    await eventually(async () => expect(await everywhere(100)).toEqual(threeTimes(['told'])));
    inProxmox.set(100, ['older']);
    await show(Date.now() - 4000);
    expect(await everywhere(100)).toEqual(threeTimes(['told']));
    inProxmox.set(100, ['newer']);
    await show(Date.now() + 2500);
    expect(await everywhere(100)).toEqual(threeTimes(['newer']));
  });

  test('of several guests is known to a gateway that starts after it', async () => {
    for (const vmid of [100, 101]) {
      inProxmox.set(vmid, [`new-${vmid}`]);
      await collector.bus.publish(GuestTagsChanged, state(vmid));
    }
    await using later = await startGateway(gateway.env);
    await eventually(async () => {
      expect(await everywhere(100, later)).toEqual(threeTimes(['new-100']));
      expect(await everywhere(101, later)).toEqual(threeTimes(['new-101']));
    });
  });
});

test('tags that the snapshot doesn’t know are asked for', async () => {
  const guests = [aGuest({ vmid: 100, tags: null })];
  await showSnapshot(gateway, aCluster([aNode({ name: 'pve1' })], guests, { snapshot_id: 'unknown' }));
  const answered = GetGuestTags.reply.parse(await json('/api/guests/100/tags'));
  expect(answered.tags).toEqual(['web', 'affinity_shop']);
});
