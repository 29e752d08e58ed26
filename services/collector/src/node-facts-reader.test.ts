import { type Proxmox, ProxmoxError } from '@proxbalance/proxmox';
import { expect, test } from 'vitest';
import { openNodeFactsReader } from './node-facts-reader.ts';

const silent = { debug: () => undefined, warn: () => undefined } as unknown as Parameters<
  typeof openNodeFactsReader
>[0];
const pressure = {
  cpuSomePercent: 1,
  ioSomePercent: 2,
  ioFullPercent: null,
  memorySomePercent: null,
  memoryFullPercent: null,
};
const none = { ...pressure, cpuSomePercent: null, ioSomePercent: null };

const refused = { host: 'pve1:8006', method: 'GET', path: '/' };

function world(version: string) {
  const asked: string[] = [];
  const nfs = { storage: 'nfs', active: true, enabled: true, availableBytes: 5 };
  const broken = new Set<string>();
  const forbidden = new Set<string>();
  const guestsOf: Record<string, object[]> = {
    pve1: [
      { vmid: 100, pressure },
      { vmid: 101, pressure: none },
    ],
  };
  const answer =
    (name: string, value: unknown) =>
    async (...words: string[]) => {
      asked.push([name, ...words].join(' '));
      if (forbidden.has(name)) throw new ProxmoxError({ ...refused, kind: 'permission', reason: 'no' });
      if (broken.has(name)) throw new Error(`${name} is broken`);
      return value;
    };
  const proxmox = {
    nodeStatus: answer('version', { pveVersion: `pve-manager/${version}/b9984c6d` }),
    nodeStorage: answer('storage', [
      nfs,
      { storage: 'ceph', active: true, enabled: true, availableBytes: 7 },
      { storage: 'off', active: false, enabled: false, availableBytes: 0 },
    ]),
    nodeGuests: async (node: string, kind: string) => {
      await answer('guests', null)(node, kind);
      return guestsOf[node] ?? [];
    },
  } as unknown as Proxmox;
  let seconds = 1_000_000;
  const reader = openNodeFactsReader(silent, () => new Date(seconds * 1000), new AbortController().signal);
  const read = async (later = 0, of = proxmox, nodes = ['pve1']) => {
    seconds += later;
    reader.refresh(of, nodes);
    await reader.settled();
    const facts = reader.refresh(of, nodes);
    await reader.settled();
    return facts;
  };
  /** The same through another client. */
  const other = { ...proxmox } as Proxmox;
  return { asked, broken, forbidden, nfs, guestsOf, other, read, reader, proxmox };
}

test('what another replica read is known here at once, and asked for again when it is due', async () => {
  const [one, two] = [world('9.2.2'), world('9.2.2')];
  await one.read();
  two.reader.adopt(two.proxmox, structuredClone(one.reader.kept(one.proxmox)));
  expect((await two.read(10)).versions.get('pve1')).toBe('9.2.2');
  expect(two.asked).toEqual([]);
  await two.read(290);
  expect(two.asked).toContain('storage pve1');
  const newer = two.reader.kept(two.proxmox).storage.get('pve1')?.readAt;
  two.reader.adopt(two.proxmox, one.reader.kept(one.proxmox));
  expect(two.reader.kept(two.proxmox).storage.get('pve1')?.readAt).toBe(newer);
});

test('nobody waits: the first look knows nothing, the next one what was read meanwhile', async () => {
  const { read } = world('9.2.2');
  const facts = await read();
  expect(facts.versions.get('pve1')).toBe('9.2.2');
  expect(Object.fromEntries(facts.storages.get('pve1') ?? [])).toEqual({
    nfs: { active: true, availableBytes: 5 },
    ceph: { active: true, availableBytes: 7 },
  });
  expect([...facts.pressures]).toEqual([
    [100, { cpu_some: 1, io_some: 2, io_full: null, memory_some: null, memory_full: null }],
  ]);
  expect(facts.readAt).toMatchObject({ versions: expect.any(String), pressure: expect.any(String) });
});

test('versions are read once an hour, storages every two minutes, the rest every five', async () => {
  const { asked, read } = world('9.0.1');
  await read();
  await read(10);
  expect(asked).toHaveLength(4);
  await read(110);
  expect(asked.slice(4)).toEqual(['storage pve1']);
  await read(180);
  expect(asked.slice(5)).toEqual(['storage pve1', 'guests pve1 qemu', 'guests pve1 lxc']);
});

test('a storage that a node can not use is looked at again each minute, until it can', async () => {
  const { asked, nfs, read } = world('9.2.2');
  nfs.active = false;
  expect((await read()).storages.get('pve1')?.get('nfs')?.active).toBe(false);
  nfs.active = true;
  await read(59);
  expect((await read(1)).storages.get('pve1')?.get('nfs')?.active).toBe(true);
  await read(60);
  expect(asked.filter((one) => one.startsWith('storage'))).toHaveLength(2);
});

test('what could not be read is tried again in a minute, what may not be read is not', async () => {
  const { asked, broken, forbidden, read } = world('9.2.2');
  broken.add('version');
  forbidden.add('storage');
  expect((await read()).versions.size).toBe(0);
  broken.clear();
  expect((await read(60)).versions.get('pve1')).toBe('9.2.2');
  expect(asked.filter((one) => one.startsWith('storage'))).toHaveLength(1);
});

test('a node before Proxmox VE 9 is not asked for what it can not tell', async () => {
  const { asked, read } = world('8.4.1');
  expect((await read()).readAt.pressure).toBeNull();
  expect(asked).toEqual(['version pve1', 'storage pve1']);
});

test('what can not be read again stands for a while, then it is unknown', async () => {
  const { broken, read } = world('9.2.2');
  await read();
  broken.add('storage').add('guests');
  expect((await read(400)).storages.size).toBe(1);
  const late = await read(400);
  expect([...late.storages, ...late.pressures]).toEqual([['pve1', null]]);
  expect(late.versions.size).toBe(1);
});

test('a node that was never asked is not one that could not be', async () => {
  const { broken, read } = world('9.2.2');
  broken.add('storage');
  expect([...(await read(0, undefined, ['pve1'])).storages]).toEqual([['pve1', null]]);
  broken.clear();
  expect((await read(60)).storages.get('pve1')?.size).toBe(2);
});

test('a guest that has moved has the pressure that its new node tells', async () => {
  const { guestsOf, read } = world('9.2.2');
  const under = (cpuSomePercent: number) => [{ vmid: 100, pressure: { ...pressure, cpuSomePercent } }];
  Object.assign(guestsOf, { pve1: [], pve2: under(80) });
  await read(0, undefined, ['pve1', 'pve2']);
  Object.assign(guestsOf, { pve1: under(5), pve2: [] });
  expect((await read(300, undefined, ['pve1'])).pressures.get(100)?.cpu_some).toBe(5);
});

test('what one connection was told is not kept for the next', async () => {
  const { broken, other, read } = world('9.2.2');
  await read();
  broken.add('version').add('storage').add('guests');
  const facts = await read(1, other);
  expect([...facts.versions, ...facts.storages, ...facts.pressures]).toEqual([['pve1', null]]);
});
