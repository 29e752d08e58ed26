import { expect, test } from 'vitest';
import { deriveSnapshot } from '../derive/snapshot.ts';
import { configFacts, guestRow, nodeRow, storageRow } from '../testing/rows.ts';
import { sampleOf } from '../testing/sample.ts';
import { guestFields, nodeFields } from './fields.ts';
import { lookAtGuests, lookAtNodes } from './measure.ts';

const meta = { id: 's1', firstCollectedAt: '2026-01-01T00:00:00.000Z', requests: 0, seconds: 0 };
const mib = 2 ** 20;

const snapshot = deriveSnapshot(
  sampleOf({
    nodes: [nodeRow(), nodeRow({ name: 'pve2', status: 'offline' })],
    guests: [
      guestRow(),
      guestRow({ vmid: 101, status: 'stopped' }),
      guestRow({ vmid: 102, node: 'pve2' }),
      guestRow({ vmid: 103, cpuRatio: null }),
    ],
    storages: [storageRow()],
    configs: new Map([[100, { facts: configFacts(), readAt: meta.firstCollectedAt }]]),
    rates: new Map([[100, { diskRead: mib, diskWrite: 2 * mib, netIn: 0, netOut: 3 * mib }]]),
  }),
  meta,
);

test('guests that run are looked at, with the number of their node; what is not known is not', () => {
  const looks = lookAtGuests(snapshot, new Map([['pve1', 7]]));
  expect([...looks.keys()]).toEqual(['100']);
  expect(looks.get('100')).toEqual({ place: 7, values: [25, 25, 1, 2, 0, 3] });
  expect(looks.get('100')?.values).toHaveLength(guestFields.length);
});

test('nodes that are online are looked at; what no history tells is missing, not 0', () => {
  const looks = lookAtNodes(snapshot, new Map());
  expect([...looks.keys()]).toEqual(['pve1']);
  expect(looks.get('pve1')?.values).toEqual([50, 50, ...Array.from({ length: nodeFields.length - 2 }, () => NaN)]);
});
