const GIB = 1024 ** 3;

const node = (name: string) => ({
  name,
  cores: 16,
  mem_bytes: 64 * GIB,
  storages: [
    { storage: 'ceph1', type: 'rbd', shared: true, content: ['images', 'rootdir'], total_bytes: 4096 * GIB },
    { storage: 'local-lvm', type: 'lvmthin', content: ['images', 'rootdir'], total_bytes: 500 * GIB },
  ],
});

const guest = (vmid: number, name: string, more: Record<string, unknown> = {}) => ({
  vmid,
  name,
  type: 'qemu',
  node: 'pve1',
  cores: 2,
  mem_bytes: 4 * GIB,
  disks: [{ key: 'scsi0', storage: 'ceph1', size_bytes: 8 * GIB }],
  ...more,
});

/** Three nodes, a guest for each kind of story, and tokens that may look but not touch, nothing, or all. */
export const cluster = {
  name: 'lab',
  nodes: [node('pve1'), node('pve2'), node('pve3')],
  guests: [
    guest(100, 'web', { tags: ['front', 'exclude_web'], snapshots: [{ name: 'before' }] }),
    guest(101, 'db', { disks: [{ key: 'scsi0', storage: 'local-lvm', size_bytes: 4 * GIB }] }),
    guest(102, 'cast', { config: { hostpci0: '0000:01:00.0' } }),
    guest(103, 'fails'),
    guest(104, 'vanishes'),
    guest(105, 'cut-off'),
    guest(106, 'ha', { ha: true }),
    guest(107, 'locked', { lock: 'backup' }),
    guest(108, 'stopped', { status: 'stopped' }),
    guest(201, 'mail', { type: 'lxc', disks: [{ key: 'rootfs', storage: 'ceph1', size_bytes: 8 * GIB }] }),
  ],
  tokens: [
    { id: 'auditor@pve!ro', secret: '11111111-2222-4333-8444-555555555555', roles: { '/': 'PVEAuditor' } },
    { id: 'nobody@pve!none', secret: '11111111-2222-4333-8444-666666666666', roles: {} },
    { id: 'admin@pve!all', secret: '11111111-2222-4333-8444-777777777777', roles: { '/': 'Administrator' } },
  ],
};
