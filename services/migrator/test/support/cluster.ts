const gib = 1024 ** 3;

const node = (name: string) => ({
  name,
  cores: 16,
  mem_bytes: 64 * gib,
  storages: [
    { storage: 'ceph1', type: 'rbd', shared: true, content: ['images', 'rootdir'], total_bytes: 4096 * gib },
    { storage: 'local-lvm', type: 'lvmthin', content: ['images', 'rootdir'], total_bytes: 500 * gib },
    { storage: 'local', type: 'dir', content: ['iso'], total_bytes: 100 * gib },
    ...(name === 'pve1' ? [{ storage: 'only1', type: 'lvmthin', content: ['images'], total_bytes: 500 * gib }] : []),
  ],
});

/** A small running VM on pve1, on shared storage. */
export const vm = (vmid: number, more: Record<string, unknown> = {}) => ({
  vmid,
  name: `vm-${vmid}`,
  type: 'qemu',
  node: 'pve1',
  cores: 2,
  mem_bytes: 2 * gib,
  disks: [{ key: 'scsi0', storage: 'ceph1', size_bytes: 8 * gib }],
  ...more,
});

export const ct = (vmid: number, more: Record<string, unknown> = {}) =>
  vm(vmid, { type: 'lxc', disks: [{ key: 'rootfs', storage: 'ceph1', size_bytes: 8 * gib }], ...more });

/** Tokens beside the simulator's own: one may look but not touch. */
export const auditor = { id: 'auditor@pve!ro', secret: '11111111-2222-4333-8444-555555555555' };

export const cluster = (guests: object[]) => ({
  name: 'lab',
  nodes: ['pve1', 'pve2', 'pve3', 'pve4', 'pve5'].map(node),
  guests,
  tokens: [{ ...auditor, roles: { '/': 'PVEAuditor' } }],
});
