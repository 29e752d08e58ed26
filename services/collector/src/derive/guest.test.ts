import { Guest } from '@proxbalance/contracts';
import type { HaResource } from '@proxbalance/proxmox';
import { expect, test } from 'vitest';
import { allWell, configFacts, guestRow, noHa } from '../testing/rows.ts';
import { deriveGuest, type GuestKnowledge } from './guest.ts';
import type { HaKnowledge } from './ha-knowledge.ts';

const resource = (state: string) => ({ sid: 'vm:100', vmid: 100, state, group: 'g1' }) as HaResource;
const ha = (state?: string): HaKnowledge => ({
  ...noHa,
  resources: new Map(state ? [[100, resource(state)]] : []),
});
const noList: HaKnowledge = { ...noHa, resources: null };

const known = (more: Partial<GuestKnowledge> = {}): GuestKnowledge => ({
  config: { facts: configFacts(), readAt: '2026-01-01T00:00:00.000Z' },
  ha: ha(),
  rates: null,
  isShared: (storage) => (storage === 'ceph1' ? true : undefined),
  around: allWell,
  ...more,
});

test('a guest of which everything is known can be moved, and keeps the contract', () => {
  const guest = deriveGuest(guestRow({ tags: ['Web;db'] }), known());
  expect(Guest.parse(guest)).toEqual(guest);
  expect(guest).toMatchObject({
    type: 'VM',
    cpu_current: 25,
    cpu_cores: 4,
    mem_max_gb: 4,
    disks: [{ storage: 'ceph1', is_shared: true }],
    tags: { all_tags: ['web', 'db'] },
    ha_managed: false,
    unknown: [],
    movable: { online: true, offline: true, reasons: [] },
  });
});

test.each([
  ['its configuration', guestRow(), known({ config: null }), 'config'],
  ['the HA list', guestRow(), known({ ha: noList }), 'ha'],
  ['the HA rules', guestRow(), known({ ha: { ...ha('started'), areRulesRead: false } }), 'ha_rules'],
  ['what its storage is', guestRow(), known({ isShared: () => undefined }), 'storage'],
  ['its use of memory', guestRow({ memUsedBytes: null }), known(), 'stats'],
  ['its memory', guestRow({ memTotalBytes: 0 }), known(), 'stats'],
  ['its statistics', guestRow({ status: 'unknown', cpuRatio: null, memTotalBytes: null }), known(), 'stats'],
  ['its load', guestRow({ cpuRatio: null }), known(), 'stats'],
])('without %s it is unknown in that part, and stays', (_, row, knowledge, part) => {
  const guest = deriveGuest(row, knowledge);
  expect(guest.unknown).toEqual([part]);
  expect(guest.movable).toMatchObject({ online: false, offline: false, reasons: [{ code: 'unknown' }] });
});

test('the HA rules matter to no guest that HA does not manage', () => {
  expect(deriveGuest(guestRow(), known({ ha: { ...ha(), areRulesRead: false } })).unknown).toEqual([]);
});

test('why HA keeps it is a reason to stay', () => {
  const hold: HaKnowledge['hold'] = ({ vmid, node, ha_state }) => `${vmid} ${node} ${ha_state}`;
  expect(deriveGuest(guestRow(), known({ ha: { ...ha('started'), hold } })).movable).toEqual({
    online: false,
    offline: false,
    reasons: [{ code: 'ha_hold', detail: '100 pve1 started' }],
  });
});

test('a guest without statistics keeps its name and its memory', () => {
  const row = guestRow({ status: 'unknown', name: null, cpuRatio: null, memUsedBytes: null, memTotalBytes: null });
  expect(deriveGuest(row, known())).toMatchObject({ name: 'web', mem_max_gb: 4, unknown: ['stats'] });
  expect(deriveGuest(row, known({ config: null }))).toMatchObject({ name: 'VM-100', mem_max_gb: 0 });
});

test('a guest that does not run is under no pressure', () => {
  const pressure = { cpu_some: 1, io_some: 2, io_full: 3, memory_some: 4, memory_full: 5 };
  expect(deriveGuest(guestRow(), known({ pressure })).pressure).toEqual(pressure);
  expect(deriveGuest(guestRow({ status: 'stopped' }), known({ pressure })).pressure).toBeNull();
});

test('a device that holds it only while it runs does not when it is off', () => {
  const config = { facts: configFacts({ liveBlockers: ['hostpci0'] }), readAt: '2026-01-01T00:00:00.000Z' };
  expect(deriveGuest(guestRow(), known({ config }))).toMatchObject({
    live_blockers: ['hostpci0'],
    movable: { online: false, offline: true },
  });
});

test('what the configuration would have said is null, never a no', () => {
  const guest = deriveGuest(guestRow({ tags: ['ignore'] }), known({ config: null }));
  expect(guest).toMatchObject({ local_disks: null, local_devices: null, mount_points: null, disks: null });
  expect(guest.tags?.has_ignore).toBe(true);
});

test.each([
  ['in the list', guestRow(), ha('started'), { ha_managed: true, ha_state: 'started', ha_group: 'g1' }],
  ['ignored', guestRow(), ha('ignored'), { ha_managed: false }],
  [
    'on the row alone',
    guestRow({ haState: 'started' }),
    noList,
    { ha_managed: true, ha_state: 'started', unknown: [] },
  ],
  ['not at all', guestRow(), ha(), { ha_managed: false, ha_state: null }],
  ['nobody can say', guestRow(), noList, { ha_managed: null, unknown: ['ha'] }],
])('HA: %s', (_, row, list, expected) => {
  expect(deriveGuest(row, known({ ha: list }))).toMatchObject(expected);
});

test.each([
  ['tag', guestRow({ tags: ['io_exempt'] }), known(), 'tag'],
  [
    'disk of the host',
    guestRow(),
    known({
      config: {
        facts: configFacts({ localDisks: { ...configFacts().localDisks, has_passthrough: true } }),
        readAt: '',
      },
    }),
    'passthrough',
  ],
])('exempt from waiting by its %s', (_, row, knowledge, reason) => {
  expect(deriveGuest(row, knowledge)).toMatchObject({ io_exempt: true, io_exempt_reason: reason });
});

test('a container without a name, with a slightly negative CPU and no limit, uses what the row says', () => {
  const row = guestRow({ kind: 'lxc', name: null, cpuRatio: -0.01, vcpus: 16, uptimeSeconds: 12.7 });
  const config = { facts: configFacts({ vcpus: null, name: null }), readAt: '' };
  expect(deriveGuest(row, known({ config }))).toMatchObject({
    name: 'CT-100',
    cpu_current: 0,
    cpu_cores: 16,
    uptime: 12,
  });
});
