import type { Proxmox } from '@proxbalance/proxmox';
import { expect, test } from 'vitest';
import { openTiers } from './read-tiers.ts';

const silent = { warn: () => undefined } as unknown as Parameters<typeof openTiers>[0];

const auditor = { 'VM.Audit': true, 'Sys.Audit': true, 'Datastore.Audit': true };
const everything = { '/': auditor, '/vms': auditor, '/nodes': auditor, '/storage': auditor };

/** A Proxmox that counts what it is asked, and refuses what it is told to. */
function world(permissions: object = everything) {
  const asked: Record<string, number> = {};
  const broken = new Set<string>();
  const answer = (name: string, value: unknown) => async () => {
    asked[name] = (asked[name] ?? 0) + 1;
    if (broken.has(name)) throw new Error(`${name} is broken`);
    return value;
  };
  const proxmox = {
    clusterStatus: answer('status', {}),
    clusterTasks: answer('tasks', []),
    haResources: answer('ha', []),
    clusterOptions: answer('options', {}),
    haRules: answer('rules', null),
    haGroups: answer('groups', []),
    guestsWithoutBackup: answer('backup', []),
    permissions: answer('permissions', permissions),
  } as unknown as Proxmox;
  let seconds = 1_000_000;
  const tiers = openTiers(silent, () => new Date(seconds * 1000));
  const read = (later = 0, of = proxmox) => {
    seconds += later;
    return tiers.read(of);
  };
  /** The same through another client. */
  const other = { ...proxmox } as Proxmox;
  return { asked, broken, read, other, tiers, proxmox };
}

test('what another replica read is taken over where it is newer, and not asked for again', async () => {
  const [one, two] = [world(), world()];
  await one.read();
  two.tiers.adopt(two.proxmox, one.tiers.kept(one.proxmox));
  expect(await two.read(59)).toMatchObject({ ha: { value: [] }, options: {}, uncovered: { value: [] } });
  expect(two.asked).toEqual({ status: 1, tasks: 1 });
  const own = two.tiers.kept(two.proxmox).ha;
  await one.read(100);
  await two.read(5);
  expect(two.tiers.kept(two.proxmox).ha?.readAt).not.toBe(own?.readAt);
  const older = { ...one.tiers.kept(one.proxmox), ha: own };
  two.tiers.adopt(two.proxmox, older);
  expect(two.tiers.kept(two.proxmox).ha?.readAt).not.toBe(own?.readAt);
});

test('quorum and tasks are read each time, HA and options once a minute, backups every ten', async () => {
  const { asked, read } = world();
  await read();
  await read(10);
  await read(49);
  expect(asked).toEqual({ status: 3, tasks: 3, ha: 1, options: 1, rules: 1, groups: 1, backup: 1, permissions: 1 });
  await read(1);
  expect(asked).toEqual({ status: 4, tasks: 4, ha: 2, options: 2, rules: 2, groups: 2, backup: 1, permissions: 1 });
});

test('quorum and tasks that can not be read are unknown at once', async () => {
  const { broken, read } = world();
  await read();
  broken.add('status').add('tasks');
  expect(await read(10)).toMatchObject({ status: null, tasks: null, ha: { value: [] } });
});

test('HA that can not be read stands for five minutes with its age, then it is unknown', async () => {
  const { broken, read } = world();
  const first = await read();
  broken.add('ha');
  expect((await read(200)).ha).toEqual(first.ha);
  expect((await read(101)).ha).toBeNull();
  broken.clear();
  expect((await read(10)).ha).not.toBeNull();
});

test('a part that could not be read is tried again soon, and so are backups, a little later', async () => {
  const { asked, broken, read } = world();
  await read();
  broken.add('ha').add('backup');
  const failed = await read(600);
  expect([failed.ha, failed.uncovered?.readAt]).toEqual([null, expect.any(String)]);
  broken.clear();
  const at = (await read(20)).ha?.readAt;
  expect(at).toBeDefined();
  expect([asked.ha, asked.options, asked.backup]).toEqual([3, 3, 2]);
  await read(20);
  expect([asked.ha, asked.backup]).toEqual([3, 2]);
  await read(20);
  expect(asked.backup).toBe(3);
});

test('HA that is still known is not asked for at each tick while it can not be read', async () => {
  const { asked, broken, read } = world();
  await read();
  broken.add('ha');
  await read(60);
  await read(10);
  expect(asked.ha).toBe(2);
  broken.clear();
  const before = asked.ha;
  const { ha } = await read(10);
  expect([asked.ha, ha?.readAt]).toEqual([(before ?? 0) + 1, new Date(1_000_080_000).toISOString()]);
});

test('rules or backups that can not be read are unknown, and hold up nothing else', async () => {
  const { broken, read } = world();
  broken.add('rules').add('backup');
  expect(await read()).toMatchObject({ haPlacement: null, uncovered: null, ha: { value: [] }, status: { value: {} } });
  broken.clear();
  expect(await read(600)).toMatchObject({
    haPlacement: { value: { rules: null, groups: [] } },
    uncovered: { value: [] },
  });
});

test('what one connection was told is not kept for the next', async () => {
  const { broken, other, read } = world();
  await read();
  broken.add('ha').add('backup');
  expect(await read(10)).toMatchObject({ ha: { value: [] }, uncovered: { value: [] } });
  expect(await read(10, other)).toMatchObject({ ha: null, uncovered: null, options: { value: {} } });
});

test('who may not see the tasks of others and the options does not take them for none', async () => {
  const { asked, read } = world({ '/vms': auditor, '/storage': auditor });
  expect(await read()).toMatchObject({
    ...{ tasks: null, options: null, ha: { value: [] }, status: { value: {} } },
    sight: { value: { guests: true, cluster: false, storages: true } },
  });
  await read(60);
  expect(asked.permissions).toBe(2);
});

test('rights that can not be read take nothing away', async () => {
  const { broken, read } = world();
  broken.add('permissions');
  expect(await read()).toMatchObject({ tasks: { value: [] }, options: { value: {} }, sight: null });
});
