import type { Migration } from '@proxbalance/contracts';
import type { Bus } from '@proxbalance/service-kit';
import { expect, test } from 'vitest';
import { announcer } from './announce.ts';

const migration = { migration_id: 'some-id', vmid: 100, waiting_for: null } as Migration;

test.each([
  ['started', migration, 'some-id.started'],
  ['requested', migration, 'some-id.requested'],
  ['requested', { ...migration, waiting_for: 'a free slot on target pve2' }, undefined],
  ['progressed', migration, undefined],
] as const)('%s has an id of its own only while it stays the same fact', async (what, told, id) => {
  const ids: unknown[] = [];
  const publish: Bus['publish'] = async (_contract, _data, options) => void ids.push(options?.id);
  await announcer({ publish })(what, told);
  expect(ids).toEqual([id]);
});
