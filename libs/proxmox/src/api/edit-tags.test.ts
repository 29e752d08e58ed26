import { expect, test } from 'vitest';
import { ProxmoxError, ProxmoxOutcomeUnknownError } from '../errors.ts';
import { editTags } from './edit-tags.ts';

const origin = { host: 'h', method: 'PUT', path: '/x' };
const CONFLICT = 'detected modified configuration - file changed by other user? Try again.';

/** A guest's configuration as Proxmox keeps it. `before`: what happens just before the n-th write. */
const guest = (tags: string, before: (write: number) => void = () => {}) => {
  const state = { tags, writes: 0, sent: [] as Record<string, unknown>[] };
  const digest = () => `digest of ${state.tags}`;
  return {
    state,
    guestConfig: async () => ({ digest: digest(), lock: null, raw: state.tags === '' ? {} : { tags: state.tags } }),
    setGuestConfig: async (
      _node: string,
      _kind: string,
      _vmid: number,
      changes: Record<string, string | number>,
      given?: string,
    ) => {
      state.writes += 1;
      state.sent.push(changes);
      before(state.writes);
      if (given !== digest()) throw new ProxmoxError({ ...origin, kind: 'refused', reason: CONFLICT });
      state.tags = String(changes.tags ?? '');
    },
  };
};

const place = { node: 'pve1', kind: 'qemu', vmid: 100 } as const;
const add = (tag: string) => (tags: string[]) => [...tags, tag];

test('a tag comes to the others', async () => {
  const config = guest('a;b');
  expect(await editTags(config, { ...place, edit: add('c') })).toEqual(['a', 'b', 'c']);
  expect(config.state.tags).toBe('a;b;c');
});

test('the last tag goes by deleting the key, not by writing an empty one', async () => {
  const config = guest('a');
  expect(await editTags(config, { ...place, edit: () => [] })).toEqual([]);
  expect(config.state.sent).toEqual([{ delete: 'tags' }]);
});

test('nothing to change, nothing written', async () => {
  const config = guest('a;b');
  expect(await editTags(config, { ...place, edit: (tags) => [...tags, 'a'] })).toEqual(['a', 'b']);
  expect(config.state.writes).toBe(0);
});

test('a change in between is read and kept', async () => {
  const config = guest('a', (write) => {
    if (write <= 2) config.state.tags += `;other${write}`;
  });
  expect(await editTags(config, { ...place, edit: add('mine') })).toEqual(['a', 'other1', 'other2', 'mine']);
});

test('twenty at once lose nothing', async () => {
  const config = guest('');
  const names = Array.from({ length: 20 }, (_, index) => `t${index}`);
  await Promise.all(names.map((name) => editTags(config, { ...place, edit: add(name) })));
  expect(config.state.tags.split(';').sort()).toEqual(names.sort());
});

test('somebody who is always faster makes it fail in the end, with the reason', async () => {
  const config = guest('a', (write) => {
    config.state.tags = `a;n${write}`;
  });
  await expect(editTags(config, { ...place, edit: add('mine') })).rejects.toMatchObject({
    kind: 'refused',
    reason: CONFLICT,
  });
  expect(config.state.writes).toBe(12);
});

test.each([true, false])('a write whose answer is lost is looked after (carried out: %s)', async (carriedOut) => {
  const config = guest('a');
  let lost = false;
  const unsure: typeof config = {
    ...config,
    setGuestConfig: async (...write) => {
      if (lost) return config.setGuestConfig(...write);
      lost = true;
      if (carriedOut) await config.setGuestConfig(...write);
      throw new ProxmoxOutcomeUnknownError({ ...origin, reason: 'the connection broke' });
    },
  };
  expect(await editTags(unsure, { ...place, edit: (tags) => [...new Set([...tags, 'mine'])] })).toEqual(['a', 'mine']);
  expect(config.state).toMatchObject({ tags: 'a;mine', writes: 1 });
});

test('what is no tag is refused before anything is sent', async () => {
  const config = guest('a');
  await expect(editTags(config, { ...place, edit: add('no tag') })).rejects.toMatchObject({
    kind: 'parameter',
    fields: { tags: expect.stringContaining("'no tag'") },
  });
  expect(config.state.writes).toBe(0);
});

test('other refusals are not argued with', async () => {
  const config = guest('a', () => {
    throw new ProxmoxError({ ...origin, kind: 'refused', reason: 'VM is locked (backup)', retryable: true });
  });
  await expect(editTags(config, { ...place, edit: add('b') })).rejects.toMatchObject({ retryable: true });
  expect(config.state.writes).toBe(1);
});
