import { seededRandom } from './noise.ts';

export interface GeneratorOptions {
  nodes: number;
  guests: number;
  seed: number;
}

const GIB = 1_073_741_824;
const SIZES_GIB = [1, 2, 2, 4, 4, 4, 8, 8, 16, 32];

/** A cluster of any size in the form of the cluster file, the same for the same seed: what benchmarks run on. */
export function generateCluster({ nodes, guests, seed }: GeneratorOptions) {
  const random = seededRandom(seed);
  const names = Array.from({ length: Math.max(1, nodes) }, (_, index) => `pve${String(index + 1).padStart(2, '0')}`);
  const perNode = Math.ceil(guests / names.length);
  return {
    name: `generated-${nodes}x${guests}`,
    nodes: names.map((name) => generateNode(name, perNode, random)),
    guests: Array.from({ length: guests }, (_, index) => generateGuest(100 + index, names, random)),
  };
}

function generateNode(name: string, guests: number, random: () => number) {
  const scale = 0.75 + 0.5 * random();
  const cores = Math.max(8, Math.ceil((guests * 0.9 * scale) / 8) * 8);
  return {
    name,
    cores,
    mem_bytes: Math.max(64, Math.ceil((guests * 6.5 * scale) / 32) * 32) * GIB,
    host_cpu_cores: 0.4,
    host_mem_bytes: 4 * GIB,
    storages: [
      { storage: 'ceph1', type: 'rbd', shared: true, content: ['images', 'rootdir'] },
      { storage: 'local-zfs', type: 'zfspool', shared: false, content: ['images', 'rootdir'] },
      { storage: 'local', type: 'dir', shared: false, content: ['iso', 'vztmpl', 'backup'] },
    ],
  };
}

function generateGuest(vmid: number, nodes: string[], random: () => number) {
  const type = random() < 0.3 ? 'lxc' : 'qemu';
  const memBytes = (SIZES_GIB[Math.floor(random() * SIZES_GIB.length)] ?? 4) * GIB;
  // The lower half of the nodes gets two thirds of the guests: something to balance.
  const half = Math.max(1, Math.ceil(nodes.length / 2));
  const pick = random() < 0.66 ? Math.floor(random() * half) : Math.floor(random() * nodes.length);
  return {
    vmid,
    name: `${type === 'qemu' ? 'vm' : 'ct'}-${vmid}`,
    type,
    node: nodes[pick] ?? nodes[0],
    cores: [1, 2, 2, 4, 4, 8][Math.floor(random() * 6)],
    mem_bytes: memBytes,
    load: {
      cpu: Math.round(random() ** 3 * 700) / 1000,
      mem_used_bytes: Math.round(memBytes * (0.3 + 0.6 * random())),
      disk_read_bps: Math.round(random() ** 4 * 20_000_000),
      disk_write_bps: Math.round(random() ** 4 * 10_000_000),
      net_in_bps: Math.round(random() ** 4 * 20_000_000),
      net_out_bps: Math.round(random() ** 4 * 20_000_000),
      daily_amplitude: Math.round(random() * 50) / 100,
      noise: 0.05,
      dirty_bytes_per_s: Math.round(random() ** 3 * 200_000_000),
    },
    disks: [
      {
        key: type === 'qemu' ? 'scsi0' : 'rootfs',
        storage: random() < 0.95 ? 'ceph1' : 'local-zfs',
        size_bytes: 8 * 2 ** Math.floor(random() * 4) * GIB,
      },
    ],
    tags: generateTags(random),
  };
}

function generateTags(random: () => number): string[] {
  const draw = random();
  if (draw < 0.02) return ['ignore'];
  if (draw < 0.06) return [`exclude_group${Math.floor(random() * 20)}`];
  if (draw < 0.1) return [`affinity_group${Math.floor(random() * 20)}`];
  return draw < 0.4 ? ['prod'] : [];
}
