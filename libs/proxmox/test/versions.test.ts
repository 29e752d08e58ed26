import { expect, test } from 'vitest';
import {
  commonFeatures,
  type Features,
  features,
  type MigrateRequest,
  type Proxmox,
  parseVersion,
} from '../src/index.ts';
import { client, failure } from './client.ts';
import { cluster } from './cluster.ts';
import { startSimulator } from './simulator.ts';

test('Proxmox VE 8.4: groups instead of rules, no word on containers', async () => {
  await using old = await startSimulator(cluster, ['--pve', '8.4']);
  await using eight = client(old.options.hosts, { ...old.options, timeoutMs: 10_000 });
  expect(await eight.version()).toMatchObject({ major: 8, minor: 4 });
  expect(await eight.haRules()).toBeNull();
  expect(await eight.haGroups()).toEqual([]);
  expect(await eight.migratePreconditions('pve1', 'lxc', 201)).toBeNull();
  expect((await eight.nodeRrd('pve1', 'hour'))[0]?.pressure.ioSomePercent).toBeNull();
});

const knows = async (proxmox: Proxmox, node: string): Promise<Features> => {
  const { pveVersion } = await proxmox.nodeStatus(node);
  return features(parseVersion(pveVersion ?? '') ?? { major: 0, minor: 0 });
};

const move = (node: string, target: string, vmid: number): MigrateRequest => ({
  ...{
    node,
    target,
    vmid,
    kind: 'qemu',
    online: true,
    withLocalDisks: false,
    restart: false,
    withConntrackState: true,
  },
});

test('a cluster half way through an upgrade: the node a guest is on decides, whoever answers', async () => {
  const nodes = cluster.nodes.map((node) => ({ ...node, pve: node.name === 'pve1' ? '8.4' : '9.2' }));
  const inGroup = { ha: { state: 'started', group: 'gold' } };
  const guests = cluster.guests.map((guest) => ({
    ...guest,
    ...(guest.vmid === 103 ? { node: 'pve2' } : {}),
    ...(guest.vmid === 106 ? inGroup : {}),
  }));
  const ha_groups = [{ group: 'gold', nodes: 'pve1:2,pve2', restricted: 1 }];
  await using mixed = await startSimulator({ ...cluster, nodes, guests, ha_groups });
  const nine = mixed.options.hosts.slice(1);
  await using proxmox = client(nine, { ...mixed.options, hosts: nine, timeoutMs: 10_000 });
  expect(await proxmox.version()).toMatchObject({ major: 9, minor: 2 });
  // Rules are known here, and HA goes by its groups until the last node is of 9.
  expect(await proxmox.haRules()).toEqual([]);
  expect(await proxmox.haGroups()).toMatchObject([{ group: 'gold', restricted: true }]);
  expect(await proxmox.haResources()).toMatchObject([{ sid: 'vm:106', group: 'gold' }]);
  const [one, two, three] = await Promise.all(['pve1', 'pve2', 'pve3'].map((node) => knows(proxmox, node)));
  if (!one || !two || !three) throw new Error('three nodes expected');
  expect([one.conntrackState, two.conntrackState]).toEqual([false, true]);

  // On the word of the host that answers it would be refused; on that of the source node it is not asked for.
  const tooMuch = await failure(proxmox.migrateGuest(move('pve1', 'pve2', 100), three));
  expect(tooMuch).toMatchObject({ kind: 'parameter', fields: { 'with-conntrack-state': expect.anything() } });
  expect(await proxmox.migrateGuest(move('pve1', 'pve2', 100), one)).toContain('qmigrate');
  expect(await proxmox.migrateGuest(move('pve2', 'pve3', 103), commonFeatures(two, three))).toContain('qmigrate');
  expect(await proxmox.migratePreconditions('pve1', 'lxc', 201)).toBeNull();
});
