import { expect, test } from 'vitest';
import { aCluster, aNode, aStorage } from '../../../../libs/engine/src/testing/build.ts';
import { clusterTotals } from './cluster-totals.ts';

const local = (used_gb: number) => aStorage({ storage: 'local', shared: false, total_gb: 100, used_gb });
const ceph = aStorage({ storage: 'ceph', shared: true, total_gb: 1000, used_gb: 400 });

test('a shared storage counts once, local ones of the same name each', () => {
  const nodes = [
    aNode({ name: 'pve1', cpu: 50, mem: 25, storage: [ceph, local(10)] }),
    aNode({ name: 'pve2', cpu: 10, mem: 75, storage: [ceph, local(20)] }),
  ];
  expect(clusterTotals(aCluster(nodes))).toEqual({
    cpu_cores: 32,
    cpu_used_cores: 9.6,
    mem_gb: 128,
    mem_used_gb: 64,
    storage_gb: 1200,
    storage_used_gb: 430,
  });
});

test('a node that is not online adds nothing', () => {
  const nodes = [
    aNode({ name: 'pve1', storage: [local(10)] }),
    aNode({ name: 'pve2', status: 'offline', storage: [local(20)] }),
  ];
  expect(clusterTotals(aCluster(nodes))).toMatchObject({ cpu_cores: 16, storage_gb: 100, storage_used_gb: 10 });
});

test('no node, no totals', () => {
  expect(Object.values(clusterTotals(aCluster([])))).toEqual([0, 0, 0, 0, 0, 0]);
});
