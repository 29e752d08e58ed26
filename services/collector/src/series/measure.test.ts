import { expect, test } from 'vitest';
import { deriveNodeHistory, deriveWeek } from '../derive/node-history.ts';
import { deriveSnapshot } from '../derive/snapshot.ts';
import { configFacts, guestRow, nodeRow, nodeSample, storageRow } from '../testing/rows.ts';
import { sampleOf } from '../testing/sample.ts';
import { guestFields, nodeFields } from './fields.ts';
import { lookAtGuest, lookAtNode } from './measure.ts';

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

const at = Date.parse(meta.firstCollectedAt) / 1000;
const known = deriveNodeHistory([nodeSample(at - 60)], deriveWeek([])).latest;

test('guests that run are looked at, with the number of their node; what is not known is not', () => {
  const looks = Object.values(snapshot.guests).map((guest) => lookAtGuest(guest, new Map([['pve1', 7]])));
  expect(looks).toEqual([{ place: 7, values: [25, 25, 1, 2, 0, 3] }, null, null, null]);
  expect(looks[0]?.values).toHaveLength(guestFields.length);
});

test('a guest that runs has memory: none told is missing, not 0', () => {
  const guest = snapshot.guests[100];
  expect(guest && lookAtGuest({ ...guest, mem_used_gb: 0 }, new Map())?.values.slice(0, 2)).toEqual([25, NaN]);
});

test('nodes that are online are looked at; what no history tells is missing, not 0', () => {
  const looks = Object.values(snapshot.nodes).map((node) => lookAtNode(node, undefined, at));
  expect(looks.map((look) => look?.values)).toEqual([
    [50, 50, ...Array.from({ length: nodeFields.length - 2 }, () => NaN)],
    undefined,
  ]);
});

test('what a history tells of now is taken from it, as long as it is of now', () => {
  const node = snapshot.nodes.pve1;
  if (!node) throw new Error('pve1');
  expect(lookAtNode(node, known, at)?.values.slice(0, 4)).toEqual([50, 50, 1, 2]);
  expect(lookAtNode(node, known, at + 3600)?.values.slice(0, 4)).toEqual([50, 50, NaN, NaN]);
});
