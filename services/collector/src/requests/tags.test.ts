import type { TagState } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { edited, editTags, refreshTags, type TagDeps } from './tags.ts';

test.each([
  ['adds at the end', ['web'], ['db'], [], ['web', 'db']],
  ['adds nothing that differs in case alone', ['Web'], ['web'], [], ['Web']],
  ['removes whatever the case', ['Web', 'db'], [], ['wEB'], ['db']],
  ['adds and removes at once', ['a', 'b'], ['c'], ['a'], ['b', 'c']],
  ['the same twice is once', [], ['x', 'X'], [], ['x']],
])('%s', (_, tags, add, remove, after) => {
  expect(edited(tags, add, remove)).toEqual(after);
  // Tried again after it worked, it changes nothing.
  expect(edited(after, add, remove)).toEqual(after);
});

/** A Proxmox with one guest, whose answers may be on their way for a while. */
function world() {
  let tags: string[] = [];
  let looks = 0;
  let clock = 0;
  const held = new Map<number, Promise<void>>();
  const told: TagState[] = [];
  const remembered: { tags: string[]; readAt: number; told: boolean }[] = [];
  const proxmox = {
    clusterResources: async () => ({ guests: [{ vmid: 100, node: 'pve1', kind: 'qemu' }] }),
    guestConfig: async () => {
      const raw = { tags: tags.join(';') };
      await held.get(++looks);
      return { raw };
    },
    editTags: async ({ edit }: { edit: (tags: string[]) => string[] }) => {
      tags = edit(tags);
      return tags;
    },
  };
  const deps = {
    link: { get: () => proxmox },
    bus: { publish: async (_contract: unknown, state: TagState) => void told.push(state) },
    log: { warn: () => undefined },
    now: () => new Date(++clock),
    freshTags: { remember: async (_vmid: number, fresh: (typeof remembered)[number]) => void remembered.push(fresh) },
  } as unknown as TagDeps;
  return { deps, told, remembered, held, looks: () => looks, write: (some: string[]) => (tags = some) };
}

test('of two edits at once, the state that counts is the one with both', async () => {
  const { deps, told, remembered, held, looks } = world();
  const edit = editTags(deps);
  const { promise, resolve } = Promise.withResolvers<void>();
  // Each edit looks twice. What the first one sees at last is from before the second one, and arrives after it.
  held.set(2, promise);
  const first = edit({ vmid: 100, add: ['a'], remove: [] });
  await expect.poll(looks).toBe(2);
  await edit({ vmid: 100, add: ['b'], remove: [] });
  resolve();
  await first;
  const newest = <T>(all: T[], at: (one: T) => string | number) => all.toSorted((x, y) => (at(x) < at(y) ? 1 : -1))[0];
  expect(told.map(({ tags }) => tags)).toEqual([['a', 'b'], ['a']]);
  expect(newest(told, ({ read_at }) => read_at)?.tags).toEqual(['a', 'b']);
  expect(newest(remembered, ({ readAt }) => readAt)?.tags).toEqual(['a', 'b']);
});

test.each([
  ['what who asks knows', ['B', 'a'].map((tag) => tag.toLowerCase()), false],
  ['something else than that', ['a'], true],
  ['tags of a guest nobody knew', undefined, false],
])('a fresh look that shows %s: told is %j, %s', async (_, known, isTold) => {
  const { deps, told, remembered, write } = world();
  write(['a', 'B']);
  expect(await refreshTags(deps)({ vmid: 100, known })).toMatchObject({ parsed: { all_tags: ['a', 'b'] } });
  expect([told.length, remembered[0]?.told]).toEqual([isTold ? 1 : 0, isTold]);
});
