import { describe, expect, test } from 'vitest';
import { ClusterResources } from './resources.ts';

const guest = {
  cpu: 0.066,
  disk: 0,
  diskread: 1_321_938_944,
  diskwrite: 6_079_209_472,
  hastate: 'started',
  id: 'qemu/102',
  maxcpu: 2,
  maxdisk: 34_359_738_368,
  maxmem: 4_294_967_296,
  mem: 3_621_031_936,
  name: 'automation-01',
  netin: 35_308_420_493,
  netout: 6_524_409,
  node: 'pve1',
  status: 'running',
  tags: 'infra;automation',
  template: 0,
  type: 'qemu',
  uptime: 443_862,
  vmid: 102,
};

describe('cluster resources', () => {
  test('numbers as text, negative container cpu and odd booleans are understood', () => {
    const { guests } = ClusterResources.parse([
      { ...guest, type: 'lxc', vmid: '102', cpu: -0.0003, mem: '512', template: true, name: 7, tags: null, pool: '' },
    ]);
    expect(guests[0]).toMatchObject({
      vmid: 102,
      cpuRatio: 0,
      memUsedBytes: 512,
      template: true,
      name: '7',
      tags: [],
      pool: null,
    });
  });

  test('memory beyond its limit is passed on as it is', () => {
    const { guests } = ClusterResources.parse([{ ...guest, mem: 9e9, maxmem: 8e9 }]);
    expect(guests[0]).toMatchObject({ memUsedBytes: 9e9, memTotalBytes: 8e9 });
  });

  test('rows of other types are passed over without a word', () => {
    const found = ClusterResources.parse([
      { type: 'sdn', id: 'sdn/a' },
      { type: 'network' },
      { type: 'pool' },
      { type: 'new' },
    ]);
    expect(found).toEqual({ nodes: [], guests: [], storages: [], malformed: [] });
  });

  test('a malformed row is named and hides no other', () => {
    const found = ClusterResources.parse([
      { ...guest, vmid: 'x', id: 'qemu/x' },
      guest,
      { id: 'node/a', type: 'node' },
      17,
      null,
      {},
    ]);
    expect(found.guests).toHaveLength(1);
    expect(found.malformed.map(({ id }) => id)).toEqual(['qemu/x', 'node/a', '(no id)', '(no id)', '(no id)']);
    expect(found.malformed[0]?.problem).toContain('vmid');
  });

  test('no list at all is refused', () => {
    expect(ClusterResources.safeParse({}).success).toBe(false);
  });

  test('10 000 rows take less than 150 ms of processor time', () => {
    const rows = Array.from({ length: 10_000 }, (_, index) => ({
      ...guest,
      vmid: 100 + index,
      id: `qemu/${100 + index}`,
    }));
    const times = [1, 2, 3].map(() => {
      const before = process.threadCpuUsage();
      expect(ClusterResources.parse(rows).guests).toHaveLength(10_000);
      return process.threadCpuUsage(before).user / 1000;
    });
    console.info(`decoded 10 000 rows in ${times.map((ms) => ms.toFixed(0)).join(', ')} ms of processor time`);
    expect(Math.min(...times)).toBeLessThan(150);
  });
});
