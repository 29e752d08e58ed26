import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GuestKind, Proxmox } from '../src/index.ts';
import { readTags } from '../src/index.ts';
import { client, failure } from './client.ts';
import { cluster } from './cluster.ts';
import { type Simulator, startSimulator } from './simulator.ts';

let simulator: Simulator;
let proxmox: Proxmox & AsyncDisposable;
const open = () => client(simulator.options.hosts, { ...simulator.options, timeoutMs: 10_000 });

beforeAll(async () => {
  simulator = await startSimulator(cluster);
  proxmox = open();
});
afterAll(async () => {
  await proxmox.close();
  await simulator[Symbol.asyncDispose]();
});

const tagsOf = async (kind: GuestKind, vmid: number) =>
  readTags((await proxmox.guestConfig('pve1', kind, vmid)).raw.tags);

test.each([
  ['qemu', 100],
  ['lxc', 201],
] as const)('%s: many edits at once, from two clients, lose nothing', async (kind, vmid) => {
  await using other = open();
  const before = await tagsOf(kind, vmid);
  const names = Array.from({ length: 8 }, (_, index) => `t${index}`);
  const edits = names.map((name, index) =>
    (index % 2 === 0 ? proxmox : other).editTags({
      node: 'pve1',
      kind,
      vmid,
      edit: (tags) => [...tags.filter((tag) => tag !== before[0]), name],
    }),
  );
  await Promise.all(edits);
  expect((await tagsOf(kind, vmid)).sort()).toEqual([...before.slice(1), ...names].sort());
});

test('the last tag goes, and none can be taken from none', async () => {
  const clear = { node: 'pve1', kind: 'lxc', vmid: 201, edit: () => [] } as const;
  expect(await proxmox.editTags(clear)).toEqual([]);
  expect((await proxmox.guestConfig('pve1', 'lxc', 201)).raw.tags).toBeUndefined();
  expect(await proxmox.editTags(clear)).toEqual([]);
});

test('a lock keeps the tags as they are, with the reason', async () => {
  const edit = proxmox.editTags({ node: 'pve1', kind: 'qemu', vmid: 107, edit: () => ['x'] });
  expect(await failure(edit)).toMatchObject({ kind: 'refused', reason: expect.stringContaining('locked') });
});
