import { EditTags, GuestTagsChanged, ReadPermissions, RefreshTags, ValidateToken } from '@proxbalance/contracts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../../tests/support/eventually.ts';
import { cluster, nobody, vm } from './support/cluster.ts';
import { type Lab, openLab } from './support/lab.ts';

const guests = [vm(100, { tags: ['web'] }), vm(101, { type: 'lxc', disks: [], tags: ['a', 'b'] }), vm(102)];

describe('tags and permissions', () => {
  let lab: Lab;
  beforeAll(async () => {
    lab = await openLab({ cluster: cluster(guests) });
    await eventually(() => expect(lab.snapshots.length).toBeGreaterThan(0));
  });
  afterAll(() => lab[Symbol.asyncDispose]());

  const edit = (vmid: number, add: string[], remove: string[] = []) =>
    lab.kit.bus.ask(EditTags, { vmid, add, remove, requested_by: 'test' });
  const toldOf = (vmid: number) =>
    lab
      .told(GuestTagsChanged.type)
      .map(({ data }) => data as { vmid: number; tags: string[] })
      .filter((data) => data.vmid === vmid);

  test('an edit is told at once, and once; the next snapshot has it', async () => {
    expect(await edit(100, ['ignore'], ['WEB'])).toMatchObject({
      ok: true,
      value: { vmid: 100, tags: ['ignore'], parsed: { has_ignore: true } },
    });
    await eventually(() => expect(toldOf(100)).toMatchObject([{ tags: ['ignore'] }]), { withinMs: 2000 });
    const seen = await lab.sees(() => undefined);
    expect(seen.guests['100']?.tags?.all_tags).toEqual(['ignore']);
    await lab.sees(() => undefined);
    expect(toldOf(100)).toHaveLength(1);
  });

  test('a snapshot never goes back to older tags', async () => {
    const outcomes = await Promise.all([edit(101, ['c']), edit(101, ['d']), edit(101, [], ['a'])]);
    expect(outcomes.every(({ ok }) => ok)).toBe(true);
    const seen = await lab.sees(() => undefined);
    expect(seen.guests['101']?.tags?.all_tags.toSorted()).toEqual(['b', 'c', 'd']);
  });

  test('an edit by somebody else right after ours is not hidden by ours', async () => {
    expect(await edit(101, ['ours'])).toMatchObject({ ok: true });
    await lab.simulator.control('POST', '/guests/101', { tags: ['ours', 'ignore'] });
    const seen = await lab.sees(() => undefined);
    expect(seen.guests['101']?.tags).toMatchObject({ all_tags: ['ignore', 'ours'], has_ignore: true });
    await eventually(() => expect(toldOf(101).at(-1)?.tags.toSorted()).toEqual(['ignore', 'ours']));
  });

  test('what can not be done is refused in so many words', async () => {
    expect(await edit(100, ['IGNORE'])).toMatchObject({
      error: { code: 'invalid-input', details: [{ path: 'tag', message: expect.stringContaining('IGNORE') }] },
    });
    expect(await edit(100, [], ['nope'])).toMatchObject({ error: { code: 'tag-not-found' } });
    expect(await edit(999, ['a'])).toMatchObject({ error: { code: 'guest-not-found' } });
    expect(await lab.kit.bus.ask(RefreshTags, { vmid: 999 })).toMatchObject({ error: { code: 'guest-not-found' } });
    const fault = await lab.simulator.fault({ kind: 'api-error', path: '/nodes/pve1/qemu/102/config', message: 'no' });
    expect(await edit(102, ['a'])).toMatchObject({ error: { code: 'proxmox-error', message: 'Proxmox: no' } });
    await lab.simulator.lift(fault);
  });

  test('tags changed in Proxmox are told with the snapshot that shows them, and read on request', async () => {
    await lab.simulator.control('POST', '/guests/102', { tags: ['db'] });
    expect(await lab.kit.bus.ask(RefreshTags, { vmid: 102 })).toMatchObject({ ok: true, value: { tags: ['db'] } });
    await lab.sees(({ guests }) => expect(guests['102']?.tags?.all_tags).toEqual(['db']));
    await eventually(() => expect(toldOf(102)).toMatchObject([{ tags: ['db'] }]));
  });

  test('a token is tried on the configured hosts', async () => {
    const { PROXMOX_TOKEN_ID: id = '', PROXMOX_TOKEN_SECRET: secret = '' } = lab.env;
    const ask = (token_id: string, token_secret: string) => lab.kit.bus.ask(ValidateToken, { token_id, token_secret });
    expect(await ask(id, secret)).toMatchObject({
      ok: true,
      value: {
        version: expect.stringMatching(/^\d/),
        permissions: expect.arrayContaining([expect.objectContaining({ check: 'migrate', ok: true })]),
      },
    });
    const powerless = await ask(nobody.id, nobody.secret);
    expect(powerless.ok && powerless.value.permissions.every(({ ok }) => !ok)).toBe(true);
    expect(await ask(id, '00000000-0000-4000-8000-000000000000')).toMatchObject({ error: { code: 'token-refused' } });
    expect(await ask(id, '***')).toMatchObject({ ok: true });
    expect(await ask(nobody.id, '***')).toMatchObject({
      error: { code: 'invalid-input', details: [{ path: 'proxmox_api_token_secret' }] },
    });
    expect(await ask('no token', 'x')).toMatchObject({ error: { code: 'token-refused' } });
    const own = await lab.kit.bus.ask(ReadPermissions, {});
    expect(own.ok && own.value.permissions.find(({ privilege }) => privilege === 'VM.Migrate')).toMatchObject({
      ok: true,
      grant: null,
    });
  });

  test('guests of a node that is down can not be moved', async () => {
    await lab.simulator.control('POST', '/nodes/pve1', { status: 'offline' });
    const seen = await lab.sees(({ nodes }) => expect(nodes.pve1?.status).toBe('offline'));
    expect(seen.guests['100']).toMatchObject({ movable: { online: false, reasons: [{ code: 'node_offline' }, {}] } });
    expect(seen.guests['100']?.unknown).toContain('stats');
    expect(await edit(100, ['x'])).toMatchObject({ error: { code: 'proxmox-unreachable' } });
  });
});
