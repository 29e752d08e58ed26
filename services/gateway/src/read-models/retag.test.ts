import { expect, test } from 'vitest';
import { aCluster, aGuest, aNode, withTags } from '../../../../libs/engine/src/testing/build.ts';
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

test('a guest that is not in the snapshot changes nothing', () => {
  expect(retag(snapshot, [[999, tagsOf('ignore')]])).toBe(snapshot);
  expect(retag(snapshot, [])).toBe(snapshot);
});
