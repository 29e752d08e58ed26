import type { ClusterSnapshot, Guest, Node } from '@proxbalance/contracts';
import { guestLoad } from '../load.ts';
import { aCluster, aGuest, aNode, aStorage, withTags } from './build.ts';

type Size = { nodes: number; guests: number };

/**
 * A cluster of any size, the same on every call: about half full, every fifth node crowded, guests of mixed sizes with a few
 * tags, stopped guests, local disks and HA guests among them. For benchmarks and tests of scale.
 */
export const generateCluster = ({ nodes: count, guests: total }: Size, seed = 1): ClusterSnapshot => {
  const dice = diceOf(seed);
  const names = Array.from({ length: count }, (_, n) => `pve${String(n + 1).padStart(2, '0')}`);
  // Crowded nodes stand in the list twice, so that guests land on them twice as often.
  const places = names.flatMap((name, n) => (n % 5 === 0 ? [name, name] : [name]));
  const guests = Array.from({ length: total }, (_, i) => generateGuest(100 + i, pick(dice, places), dice));
  const byNode = Map.groupBy(guests, (guest) => guest.node);
  const memGb = Math.max(64, Math.ceil((9 * total) / count / 16) * 16);
  const cores = Math.max(16, Math.ceil((1.6 * total) / count / 8) * 8);
  const nodes = names.map((name) => generateNode(name, { cores, memGb }, byNode.get(name) ?? [], dice));
  return aCluster(nodes, guests);
};

/** Numbers from 0 to 1 that look random and never change: a linear congruential generator. */
const diceOf = (seed: number): (() => number) => {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
};

const pick = <T>(dice: () => number, values: readonly T[]): T => {
  const value = values[Math.floor(dice() * values.length)];
  if (value === undefined) throw new RangeError('nothing to pick from');
  return value;
};

const generateGuest = (vmid: number, node: string, dice: () => number): Guest => {
  const mem_max_gb = pick(dice, [1, 2, 2, 4, 4, 4, 8, 8, 16]);
  const storage = dice() < 0.1 ? 'local-lvm' : pick(dice, ['ceph', 'nfs']);
  const disk = { key: 'scsi0', storage, volume: `vm-${vmid}`, size_gb: 32, is_cdrom: false };
  return aGuest({
    vmid,
    node,
    type: dice() < 0.3 ? 'CT' : 'VM',
    status: dice() < 0.1 ? 'stopped' : 'running',
    cpu_current: Math.round(dice() ** 2 * 90),
    cpu_cores: pick(dice, [1, 2, 2, 4, 8]),
    mem_max_gb,
    mem_used_gb: mem_max_gb * (0.4 + 0.5 * dice()),
    disk_read_bps: dice() < 0.1 ? 60e6 * dice() : 0,
    tags: withTags(...(dice() < 0.1 ? [`exclude_${pick(dice, ['db', 'web', 'mail'])}${vmid % 40}`] : [])),
    ha_managed: dice() < 0.03,
    disks: [{ ...disk, is_shared: storage !== 'local-lvm' }],
  });
};

const generateNode = (
  name: string,
  { cores, memGb }: { cores: number; memGb: number },
  guests: readonly Guest[],
  dice: () => number,
): Node => {
  const empty = aNode({ name, cpu_cores: cores, total_mem_gb: memGb });
  const running = guests.filter((guest) => guest.status === 'running');
  const sum = (of: 'cpu' | 'mem') => running.reduce((all, guest) => all + guestLoad(guest, empty)[of], 3);
  const storage = [
    aStorage({}),
    aStorage({ storage: 'nfs', type: 'nfs', usage_pct: 55 }),
    aStorage({ storage: 'local-lvm', type: 'lvmthin', shared: false, total_gb: 8000, used_gb: 2000, avail_gb: 6000 }),
  ];
  const load = { cpu: Math.min(100, sum('cpu')), mem: Math.min(100, sum('mem')), iowait: Math.round(dice() * 12) };
  return aNode({ name, cpu_cores: cores, total_mem_gb: memGb, storage, ...load });
};
