const gib = 1024 ** 3;

const node = (name: string) => ({
  name,
  cores: 16,
  mem_bytes: 64 * gib,
  storages: [
    { storage: 'ceph1', type: 'rbd', shared: true, content: ['images', 'rootdir'], total_bytes: 4096 * gib },
    { storage: 'local-lvm', type: 'lvmthin', content: ['images', 'rootdir'], total_bytes: 500 * gib },
  ],
});

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

/** What a token without any right is given. */
export const nobody = { id: 'nobody@pve!none', secret: '11111111-2222-4333-8444-666666666666' };

/** What may look at one guest, at nodes and at storages. */
export const partial = {
  id: 'partial@pve!some',
  secret: '11111111-2222-4333-8444-777777777777',
  roles: { '/vms/100': 'PVEAuditor', '/nodes': 'PVEAuditor', '/storage': 'PVEAuditor' },
};

export const cluster = (guests: object[]) => ({
  name: 'lab',
  nodes: ['pve1', 'pve2', 'pve3'].map(node),
  guests,
  tokens: [{ ...nobody, roles: {} }, partial],
});
