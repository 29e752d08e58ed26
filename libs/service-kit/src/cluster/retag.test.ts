import { expect, test } from 'vitest';
import { aCluster, aGuest, aNode, withTags } from '../../../engine/src/testing/build.ts';
import { retag } from './retag.ts';

const tagsOf = (...tags: string[]) => withTags(...tags) as NonNullable<ReturnType<typeof withTags>>;
const guests = [
  aGuest({ vmid: 100 }),
  aGuest({ vmid: 101, tags: tagsOf('ignore') }),
  aGuest({ vmid: 102, tags: null }),
];
const snapshot = aCluster([aNode()], guests);

test('a guest has its new tags, and what follows from them', () => {
  const after = retag(snapshot, [
    [100, tagsOf('io_exempt', 'exclude_db')],
    [102, tagsOf('ignore')],
  ]);
  expect(after.guests[100]).toMatchObject({ tags: tagsOf('io_exempt', 'exclude_db'), io_exempt: true });
  expect(after.guests[100]?.io_exempt_reason).toBe('tag');
  expect(after.guests[101]).toBe(snapshot.guests[101]);
  expect(after.summary).toMatchObject({ ignored_guests: 2, excluded_guests: 1, total_guests: 3 });
  expect(snapshot.guests[100]).toEqual(aGuest({ vmid: 100 }));
});

test('without the tag, a passed-through disk still exempts', () => {
  const disks = { ...aGuest().local_disks, has_passthrough: true } as NonNullable<
    ReturnType<typeof aGuest>['local_disks']
  >;
  const tagged = aGuest({ tags: tagsOf('io_exempt'), io_exempt: true, io_exempt_reason: 'tag', local_disks: disks });
  const after = retag(aCluster([aNode()], [tagged]), [[100, tagsOf()]]);
  expect(after.guests[100]).toMatchObject({ io_exempt: true, io_exempt_reason: 'passthrough' });
});

test('a node is exempt as long as a running guest there is', () => {
  const nodes = [aNode({ name: 'pve1', guests: [100, 101, 103] }), aNode({ name: 'pve2', guests: [102] })];
  const own = [100, 101, 103].map((vmid) => aGuest({ vmid, name: `vm-${vmid}` }));
  const stopped = aGuest({ vmid: 102, node: 'pve2', status: 'stopped' });
  const before = aCluster(nodes, [...own, stopped]);
  const exempt = tagsOf('io_exempt');
  const after = retag(
    before,
    [101, 102, 103].map((vmid) => [vmid, exempt]),
  );
  const why = (vmid: number) => ({ vmid, name: `vm-${vmid}`, reason: 'tag' });
  expect(after.nodes.pve1).toMatchObject({ iowait_exempt: true, iowait_exempt_guests: [why(101), why(103)] });
  expect(after.nodes.pve2).toMatchObject({ iowait_exempt: false, iowait_exempt_guests: [] });
  const again = retag(after, [[101, tagsOf()]]);
  expect(again.nodes.pve1).toMatchObject({ iowait_exempt: true, iowait_exempt_guests: [why(103)] });
  expect(again.nodes.pve2).toBe(after.nodes.pve2);
  expect(retag(before, [[100, tagsOf('ignore')]]).nodes).toBe(before.nodes);
});

test('a guest that is not in the snapshot changes nothing', () => {
  expect(retag(snapshot, [[999, tagsOf('ignore')]])).toBe(snapshot);
  expect(retag(snapshot, [])).toBe(snapshot);
});
