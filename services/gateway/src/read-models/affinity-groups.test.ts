import { expect, test } from 'vitest';
import { aGuest, withTags } from '../../../../libs/engine/src/testing/build.ts';
import { affinityGroups } from './affinity-groups.ts';

const tagged = (vmid: number, node: string, ...tags: string[]) => aGuest({ vmid, node, tags: withTags(...tags) });

test('groups, their members and nodes are in order; a group over two nodes is split', () => {
  const groups = affinityGroups([
    tagged(300, 'pve3', 'affinity_web'),
    tagged(102, 'pve1', 'affinity_db', 'affinity_web'),
    tagged(101, 'pve1', 'affinity_db'),
    tagged(103, 'pve1', 'affinity_database', 'exclude_x'),
  ]);
  expect(groups).toMatchObject({
    total_groups: 3,
    split_groups: 1,
    affinity_groups: [
      { name: 'affinity_database', member_count: 1, status: 'together' },
      { name: 'affinity_db', members: [{ vmid: 101 }, { vmid: 102 }], nodes: ['pve1'], is_split: false },
      { name: 'affinity_web', members: [{ vmid: 102 }, { vmid: 300 }], nodes: ['pve1', 'pve3'], status: 'split' },
    ],
  });
});

test('a guest whose tags are not known is in no group', () => {
  expect(affinityGroups([aGuest({ tags: null })])).toEqual({ affinity_groups: [], total_groups: 0, split_groups: 0 });
});
