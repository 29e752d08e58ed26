import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { GuestSamples, NodeSamples } from '../../../../libs/proxmox/src/decode/rrd.ts';
import { gap, nodeSample } from '../testing/rows.ts';
import type { PastRow } from './backfill.ts';
import { guestFields, nodeFields } from './fields.ts';
import { pastOfGuest, pastOfNode } from './past-rows.ts';

const mib = 2 ** 20;
const guestRow = (row: object) => GuestSamples.parse([{ time: 600, ...row }]).map(pastOfGuest)[0];

test('a row of a guest is percent of its own and MiB a second, in the order of the fields', () => {
  const row = { cpu: 0.25, mem: mib, maxmem: 4 * mib, diskread: mib, diskwrite: 0, netin: 2 * mib, netout: 3 * mib };
  expect(guestRow(row)).toEqual({ end: 600, values: [25, 25, 1, 0, 2, 3] });
});

test('a guest that was off has its sizes only: nothing was measured, and 0 is not written', () => {
  expect(guestRow({ maxcpu: 2, maxmem: 4 * mib, maxdisk: 100, disk: 0 })?.values).toEqual(guestFields.map(() => NaN));
});

test('a row of a node is without the cache that gives way, and a gap is a gap', () => {
  const row = nodeSample(600, { memUsedBytes: 60, arcBytes: 20, netInBytesPerSecond: mib });
  expect(pastOfNode(row)).toEqual({ end: 600, values: [50, 40, 1, 2, 1, NaN, NaN, NaN, NaN] });
  expect(pastOfNode(gap(600)).values).toEqual(nodeFields.map(() => NaN));
});

const folder = resolve(
  process.env.PROXBALANCE_SHARED ?? join(import.meta.dirname, '../../../../../shared'),
  'fixtures/proxmox',
);
if (!existsSync(folder)) console.warn(`SKIPPED: no recorded series in ${folder} (set PROXBALANCE_SHARED)`);

describe.skipIf(!existsSync(folder))('as recorded', () => {
  const recorded = (name: string) => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8')).data;
  const expectPercents = (past: PastRow[]) => {
    const measured = past.flatMap(({ values }) => values.slice(0, 2)).filter((value) => !Number.isNaN(value));
    expect(measured.length).toBeGreaterThan(0);
    expect(Math.min(...measured)).toBeGreaterThan(0);
    expect(Math.max(...measured)).toBeLessThanOrEqual(100);
  };

  test.each(['guest-rrddata-pulse-8', 'lxc-rrddata-hour-pulse-9.2.3'])('%s', (name) => {
    expectPercents(GuestSamples.parse(recorded(name)).map(pastOfGuest));
  });

  test('a machine that was off has no measurement', () => {
    const past = GuestSamples.parse(recorded('qemu-rrddata-hour-goproxmox-8')).map(pastOfGuest);
    expect(past.some(({ values }) => values.every(Number.isNaN))).toBe(true);
  });

  test.each(['node-rrddata-pulse-8', 'node-rrddata-hour-pulse-9.2.3'])('%s', (name) => {
    expectPercents(NodeSamples.parse(recorded(name)).map(pastOfNode));
  });
});
