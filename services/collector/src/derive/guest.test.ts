import { Guest } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { allWell, configFacts, guestRow } from '../testing/rows.ts';
import { deriveGuest, type GuestKnowledge } from './guest.ts';

type Ha = NonNullable<GuestKnowledge['ha']>;
const resource = (state: string) =>
  ({ sid: 'vm:100', vmid: 100, state, group: 'g1' }) as unknown as Parameters<Ha['get']>[0];
const ha = (state?: string): Ha => new Map(state ? [[100, resource(state) as never]] : []);

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
  ['the HA list', guestRow(), known({ ha: null }), 'ha'],
  ['its statistics', guestRow({ status: 'unknown', cpuRatio: null, memTotalBytes: null }), known(), 'stats'],
  ['its load', guestRow({ cpuRatio: null }), known(), 'stats'],
])('without %s it is unknown in that part, and stays', (_, row, knowledge, part) => {
  const guest = deriveGuest(row, knowledge);
  expect(guest.unknown).toEqual([part]);
  expect(guest.movable).toMatchObject({ online: false, offline: false, reasons: [{ code: 'unknown' }] });
});

test('what the configuration would have said is null, never a no', () => {
  const guest = deriveGuest(guestRow({ tags: ['ignore'] }), known({ config: null }));
  expect(guest).toMatchObject({ local_disks: null, local_devices: null, mount_points: null, disks: null });
  expect(guest.tags?.has_ignore).toBe(true);
});

test.each([
  ['in the list', guestRow(), ha('started'), { ha_managed: true, ha_state: 'started', ha_group: 'g1' }],
  ['ignored', guestRow(), ha('ignored'), { ha_managed: false }],
  ['on the row alone', guestRow({ haState: 'migrate' }), null, { ha_managed: true, ha_state: 'migrate', unknown: [] }],
  ['not at all', guestRow(), ha(), { ha_managed: false, ha_state: null }],
  ['nobody can say', guestRow(), null, { ha_managed: null, unknown: ['ha'] }],
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
  const config = { facts: configFacts({ vcpus: null }), readAt: '' };
  expect(deriveGuest(row, known({ config }))).toMatchObject({
    name: 'CT-100',
    cpu_current: 0,
    cpu_cores: 16,
    uptime: 12,
  });
});
