const GIB = 1_073_741_824;
const TIB = 1024 * GIB;

interface Hardware {
  name: string;
  cores: number;
  memGib: number;
  cpuModel: string;
  localTib: number;
  hostCores: number;
}

/** Bought over the years: no two alike. 10 Gbit/s between them. */
const HARDWARE: Hardware[] = [
  {
    name: 'pve1',
    cores: 32,
    memGib: 128,
    cpuModel: 'Intel(R) Xeon(R) Silver 4314 CPU @ 2.40GHz',
    localTib: 2,
    hostCores: 0.9,
  },
  { name: 'pve2', cores: 48, memGib: 256, cpuModel: 'AMD EPYC 7443P 24-Core Processor', localTib: 4, hostCores: 1.0 },
  {
    name: 'pve3',
    cores: 32,
    memGib: 192,
    cpuModel: 'Intel(R) Xeon(R) Silver 4314 CPU @ 2.40GHz',
    localTib: 2,
    hostCores: 0.8,
  },
  {
    name: 'pve4',
    cores: 16,
    memGib: 96,
    cpuModel: 'Intel(R) Xeon(R) D-2146NT CPU @ 2.30GHz',
    localTib: 1,
    hostCores: 0.5,
  },
];

export function demoNodes() {
  return HARDWARE.map((hardware) => ({
    name: hardware.name,
    cores: hardware.cores,
    mem_bytes: hardware.memGib * GIB,
    host_cpu_cores: hardware.hostCores,
    host_mem_bytes: 4 * GIB,
    iowait: hardware.name === 'pve1' ? 0.06 : 0.008,
    cpu_model: hardware.cpuModel,
    net_bytes_per_s: 1_180_000_000,
    storages: [
      {
        storage: 'ceph1',
        type: 'rbd',
        shared: true,
        content: ['images', 'rootdir'],
        total_bytes: 24 * TIB,
        used_bytes: 9 * TIB,
      },
      {
        storage: 'nfs-backup',
        type: 'nfs',
        shared: true,
        content: ['backup', 'iso', 'vztmpl'],
        total_bytes: 40 * TIB,
        used_bytes: 17 * TIB,
      },
      {
        storage: 'local-zfs',
        type: 'zfspool',
        shared: false,
        content: ['images', 'rootdir'],
        total_bytes: hardware.localTib * TIB,
        used_bytes: hardware.localTib * 0.35 * TIB,
      },
      {
        storage: 'local',
        type: 'dir',
        shared: false,
        content: ['iso', 'vztmpl', 'backup'],
        total_bytes: 100 * GIB,
        used_bytes: 22 * GIB,
      },
    ],
  }));
}
