import type { EventContract } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { announcer } from './announce.ts';
import { migration } from './testing/build.ts';

async function publish(what: Parameters<ReturnType<typeof announcer>>[0]) {
  const published: { type: string; options: object }[] = [];
  const announce = announcer({
    publish: async (contract: EventContract, _data: unknown, options = {}) => {
      published.push({ type: contract.type, options });
    },
  });
  await announce(what, migration());
  return published[0];
}

test.each(['requested', 'started', 'completed', 'failed', 'cancelled'] as const)(
  '%s has an id that follows from the fact: telling it twice is telling it once',
  async (what) => {
    const id = `${migration().migration_id}.${what}`;
    expect(await publish(what)).toEqual({ type: `migration.${what}`, options: { subject: '100', id } });
  },
);

test('progress is new each time', async () => {
  expect(await publish('progressed')).toEqual({ type: 'migration.progressed', options: { subject: '100' } });
});
