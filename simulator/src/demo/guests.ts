const GIB = 1_073_741_824;
const MIB = 1_048_576;

/**
 * One guest a line: kind, vmid, name, node, cores, memory GiB, CPU fraction, used GiB, disk GiB, traffic MB/s, tags.
 * pve1 is the hot one: about 86 % of its CPU and 83 % of its memory are in use, at night as well.
 */
const TABLE = `
qemu 100 web-01        pve1 4  8   0.55 5.5  32   12  prod,exclude_web
qemu 101 db-primary    pve1 8  16  0.50 12.5 200  30  prod,critical,exclude_db
qemu 102 web-02        pve1 4  8   0.52 5.4  32   11  prod,exclude_web
qemu 103 app-01        pve1 4  8   0.58 6.0  48   9   prod,affinity_shop
qemu 104 app-02        pve1 4  8   0.54 6.1  48   8   prod,affinity_shop
qemu 105 cache-01      pve1 2  8   0.30 6.8  16   25  prod
lxc  106 proxy-01      pve1 2  2   0.25 0.9  8    18  prod,exclude_proxy
qemu 107 search-01     pve1 4  16  0.48 11.5 120  14  prod
qemu 108 ci-runner-01  pve1 8  8   0.50 5.0  80   6   lab
qemu 109 gpu-render    pve1 8  16  0.30 10   100  4   gpu
qemu 110 queue-01      pve1 2  4   0.35 2.8  24   7   prod
qemu 111 metrics-01    pve1 4  8   0.28 6.2  160  9   infra
lxc  112 dns-01        pve1 1  1   0.06 0.3  4    1   infra,exclude_dns,no-auto-migrate
lxc  113 mail-01       pve1 2  4   0.18 2.2  64   3   prod
lxc  114 files-01      pve1 2  4   0.15 2.0  16   20  has-bindmount
qemu 115 legacy-erp    pve1 4  12  0.22 9.5  60   2   prod,ignore
qemu 116 win-rdp-01    pve1 4  8   0.18 6.6  80   2   office
lxc  117 cron-01       pve1 1  0.5 0.05 0.2  4    0   infra
qemu 118 staging-01    pve1 2  4   0.12 2.5  32   1   lab
qemu 200 db-replica    pve2 8  16  0.22 12.0 200  20  prod,exclude_db
qemu 201 web-03        pve2 4  8   0.24 4.9  32   9   prod,exclude_web
qemu 202 warehouse     pve2 12 48  0.28 38   400  45  prod,io_exempt
qemu 203 app-03        pve2 4  8   0.26 5.6  48   6   prod
qemu 204 gitlab        pve2 6  16  0.21 11.0 180  8   lab
lxc  205 proxy-02      pve2 2  2   0.12 0.8  8    10  prod,exclude_proxy
qemu 206 ldap-01       pve2 2  4   0.08 2.1  16   1   infra
qemu 207 chat          pve2 4  8   0.15 5.1  40   3   office
lxc  208 dns-02        pve2 1  1   0.05 0.3  4    1   infra,exclude_dns
lxc  209 registry      pve2 2  4   0.10 1.9  120  12  lab
qemu 210 ci-runner-02  pve2 8  8   0.20 4.2  80   5   lab
qemu 211 monitoring    pve2 4  8   0.18 5.9  100  6   infra
lxc  212 wiki          pve2 2  2   0.07 1.1  16   1   office
qemu 213 win-rdp-02    pve2 4  8   0.14 6.1  80   2   office
qemu 214 archive       pve2 2  4   0.04 1.8  500  2   ignore
qemu 215 test-cluster  pve2 4  8   0.00 0    64   0   lab
qemu 300 web-04        pve3 4  8   0.30 5.0  32   8   prod,exclude_web
qemu 301 app-04        pve3 4  8   0.32 5.8  48   6   prod
qemu 302 erp-app       pve3 6  16  0.25 11.2 90   5   prod,affinity_erp
qemu 303 erp-db        pve3 6  24  0.24 18.5 240  18  prod,affinity_erp
qemu 304 kafka-01      pve3 4  12  0.26 9.0  200  30  prod,exclude_kafka
lxc  305 proxy-03      pve3 2  2   0.12 0.8  8    9   prod,exclude_proxy
lxc  306 backup-agent  pve3 1  1   0.06 0.4  8    4   infra
qemu 307 vpn           pve3 2  2   0.10 1.0  16   6   infra,no-auto-migrate
qemu 308 voip          pve3 2  4   0.12 2.2  24   3   office
lxc  309 mirror        pve3 2  2   0.09 1.0  300  15  infra
qemu 310 print         pve3 2  4   0.05 2.0  32   1   office
qemu 311 ci-runner-03  pve3 8  8   0.22 4.4  80   5   lab
qemu 312 jumphost      pve3 1  2   0.03 0.9  16   1   infra
lxc  313 grafana       pve3 2  2   0.11 1.2  16   2   infra
lxc  314 sandbox       pve3 2  2   0.00 0    16   0   lab
qemu 400 kafka-02      pve4 4  12  0.27 9.1  200  24  prod,exclude_kafka
qemu 401 web-05        pve4 2  4   0.30 2.6  32   6   prod,exclude_web
lxc  402 proxy-04      pve4 2  2   0.14 0.8  8    8   prod,exclude_proxy
qemu 403 ldap-02       pve4 2  4   0.07 2.0  16   1   infra
lxc  404 dns-03        pve4 1  1   0.05 0.3  4    1   infra,exclude_dns
qemu 405 nas-gateway   pve4 2  8   0.20 5.5  32   35  io_exempt
lxc  406 bastion       pve4 1  1   0.03 0.4  8    1   infra
qemu 407 dev-desktop   pve4 4  8   0.16 5.2  64   2   lab
lxc  408 pastebin      pve4 1  1   0.04 0.4  8    1   lab
qemu 409 debian-13     pve4 2  2   0.00 0    8    0   template`;

/** What makes a guest special, over the table. */
const SPECIAL: Record<number, object> = {
  101: { ha: { state: 'started', comment: 'the shop stands still without it' } },
  109: { config: { hostpci0: '0000:3b:00.0,pcie=1', machine: 'q35' } },
  114: { config: { mp0: '/srv/files,mp=/srv/files' } },
  115: { disks: [{ key: 'scsi0', storage: 'local-zfs', size_bytes: 60 * GIB }] },
  204: { snapshots: [{ name: 'before-upgrade', description: 'before 18.5', vmstate: false }] },
  215: { status: 'stopped' },
  303: { ha: 'started' },
  314: { status: 'stopped' },
  409: { template: true, tags: [] },
};

export function demoGuests() {
  const rows = TABLE.trim().split('\n');
  return rows.map((row) => ({ ...guestFrom(row), ...SPECIAL[Number(row.split(/\s+/)[1])] }));
}

function guestFrom(row: string) {
  const [type, vmid, name, node, cores, memGib, cpu, usedGib, diskGib, trafficMbps, tags = ''] = row.split(/\s+/);
  const bytesPerS = Number(trafficMbps) * 1_000_000;
  const hot = node === 'pve1';
  const list = tags.split(',');
  return {
    vmid: Number(vmid),
    name,
    type,
    node,
    status: 'running',
    cores: Number(cores),
    mem_bytes: Number(memGib) * GIB,
    load: {
      cpu: Number(cpu),
      mem_used_bytes: Math.round(Number(usedGib) * GIB),
      net_in_bps: bytesPerS * 0.4,
      net_out_bps: bytesPerS * 0.6,
      disk_read_bps: bytesPerS * 0.7,
      disk_write_bps: bytesPerS * 0.3,
      daily_amplitude: hot ? 0.06 : list.includes('office') ? 0.7 : 0.35,
      noise: hot ? 0.08 : 0.15,
      dirty_bytes_per_s: 20 * MIB + Number(cpu) * Number(cores) * 25 * MIB,
    },
    disks: [{ key: type === 'qemu' ? 'scsi0' : 'rootfs', storage: 'ceph1', size_bytes: Number(diskGib) * GIB }],
    tags: list,
    pool: list.includes('prod') ? 'production' : list.includes('lab') ? 'lab' : null,
  };
}
