import { describe, expect, test } from 'vitest';
import { config, gib, guest, node, resources, store, task, view } from '../testing/build.ts';
import { affinity } from './affinity.ts';
import type { Check, LiveView } from './check.ts';
import { guestState } from './guest-state.ts';
import { locks } from './locks.ts';
import { resources as resourcesCheck } from './resources.ts';
import { staleness } from './staleness.ts';
import { storage } from './storage.ts';

const request = { vmid: 100, source_node: 'pve1', target_node: 'pve2' };
const cluster = (more: Partial<NonNullable<LiveView['status']>>) =>
  view({ status: { ...(view().status as NonNullable<LiveView['status']>), ...more } });
const down = (name: string) => cluster({ nodes: [{ name, nodeId: 1, ip: null, local: false, online: false }] });
const withGuests = (...guests: ReturnType<typeof guest>[]) => view({ resources: resources({ guests }) });
const onTarget = (more: Parameters<typeof node>[1]) =>
  view({ resources: resources({ nodes: [node('pve1'), node('pve2', more)] }) });
const unread = { config: null, troubles: ['no luck'] };
const disks = (raw: Record<string, string>, storages = resources().storages) =>
  view({ config: config(raw), resources: resources({ storages }) });

const snapshot = { parent: 'before', scsi1: 'pool1:vm-100-disk-1,size=1G' };
const pool = (type: string) => [store('pve1', 'shared1'), store('pve1', 'pool1', { type })];
const off = (raw: Record<string, string>, storages = resources().storages) =>
  view({ config: config(raw), resources: resources({ guests: [guest({ status: 'stopped' })], storages }) });

type Row = [says: string, status: 'passed' | 'failed' | 'unknown', view: LiveView, detail: string];

const tables: [Check, Row[]][] = [
  [
    staleness,
    [
      ['a quorate cluster', 'passed', view(), 'quorate'],
      ['no quorum', 'failed', cluster({ quorate: false }), 'no quorum'],
      ['nobody says', 'unknown', cluster({ quorate: null }), 'does not say'],
      ['not read', 'unknown', view({ status: null, troubles: ['no luck'] }), 'no luck'],
      ['the source is down', 'failed', down('pve1'), 'pve1 is offline'],
      ['the target is down', 'failed', down('pve2'), 'pve2 is offline'],
      ['another node is down', 'passed', down('pve3'), 'quorate'],
    ],
  ],
  [
    guestState,
    [
      ['running', 'passed', view(), 'guest is running on pve1'],
      ['stopped', 'passed', withGuests(guest({ status: 'stopped' })), 'guest is stopped'],
      ['paused', 'unknown', withGuests(guest({ status: 'paused' })), 'paused'],
      ['without statistics', 'unknown', withGuests(guest({ status: 'unknown' })), 'state unknown'],
      ['gone', 'failed', withGuests(), 'does not exist'],
      ['elsewhere', 'failed', withGuests(guest({ node: 'pve3' })), 'is on pve3'],
      ['not read', 'unknown', view(unread), 'no luck'],
      ['a template', 'failed', withGuests(guest({ template: true })), 'template'],
      ['a device', 'failed', view({ config: config({ hostpci0: '01:00' }) }), 'hostpci0'],
      ['a mapped device', 'failed', view({ config: config({ hostpci0: 'mapping=gpu' }) }), 'hostpci0'],
      ['a mapped device while it is off', 'passed', off({ hostpci0: 'mapping=gpu' }), 'guest is stopped'],
      ['a snapshot of a local disk', 'failed', disks(snapshot, pool('zfspool')), 'pool1:vm-100-disk-1'],
      ['the same while it is off', 'passed', off(snapshot, pool('zfspool')), 'stopped'],
      ['the same on a thin pool', 'failed', off(snapshot, pool('lvmthin')), 'snapshots'],
      ['a disk of the host', 'failed', view({ config: config({ scsi1: '/dev/sdb' }) }), 'scsi1'],
      ['a local medium', 'failed', view({ config: config({ ide2: 'local:iso/a.iso,media=cdrom' }) }), 'a.iso'],
      ['a shared medium', 'passed', view({ config: config({ ide2: 'shared1:iso/a.iso,media=cdrom' }) }), 'running'],
      ['a lock is another check’s business', 'passed', withGuests(guest({ lock: 'backup' })), 'running'],
    ],
  ],
  [
    resourcesCheck,
    [
      ['room enough', 'passed', view(), '56 % memory and 60 % CPU'],
      ['memory just at its limit', 'passed', onTarget({ memUsedBytes: 0.95 * 64 * gib - 4 * gib }), '95 % memory'],
      ['memory above it', 'failed', onTarget({ memUsedBytes: 0.95 * 64 * gib - 4 * gib + 1 }), 'memory may reach 95 %'],
      [
        'a guest that uses more than its maximum',
        'failed',
        withGuests(guest({ memUsedBytes: 29 * gib })),
        '95 % memory and 60 % CPU in use; memory may reach 95 %',
      ],
      ['CPU above its limit', 'failed', onTarget({ cpuRatio: 0.81 }), 'CPU may reach 90 %'],
      ['a stopped guest needs neither', 'passed', withGuests(guest({ status: 'stopped' })), '50 % memory and 50 % CPU'],
      ['no such node', 'failed', view({ resources: resources({ nodes: [node('pve1')] }) }), 'no node pve2'],
      ['no such guest', 'failed', withGuests(), 'does not exist'],
      ['the target’s memory is not known', 'unknown', onTarget({ memUsedBytes: null }), 'load of pve2'],
      ['the target’s CPU is not known', 'unknown', onTarget({ cpuRatio: null }), 'load of pve2'],
      ['the guest’s memory is not known', 'unknown', withGuests(guest({ memTotalBytes: null })), 'memory of guest 100'],
      ['the guest’s load is not known', 'unknown', withGuests(guest({ cpuRatio: null })), 'load of guest 100'],
    ],
  ],
  [
    storage,
    [
      ['shared', 'passed', view(), 'storage compatible'],
      ['no disk', 'passed', view({ config: { digest: null, lock: null, raw: {} } }), 'no storage needed'],
      ['local with room', 'passed', disks({ scsi1: 'local-lvm:1,size=90G' }), 'storage compatible'],
      [
        'local without',
        'failed',
        disks({ scsi1: 'local-lvm:1,size=50G', scsi2: 'local-lvm:2,size=41G' }),
        'too little room',
      ],
      ['not on the target', 'failed', disks({ scsi1: 'only1:1,size=1G' }), 'not available on pve2: only1'],
      ['not available there', 'failed', disks({}, [store('pve2', 'shared1', { status: 'unknown' })]), 'shared1'],
      ['of unknown size', 'unknown', disks({ scsi1: 'local-lvm:1' }), 'size of a disk on local-lvm'],
      [
        'a cloud-init drive has a size',
        'passed',
        disks({ ide2: 'local-lvm:vm-100-cloudinit,media=cdrom' }),
        'compatible',
      ],
      [
        'free space not known',
        'unknown',
        disks({ scsi1: 'local-lvm:1,size=1G' }, [
          store('pve2', 'shared1'),
          store('pve2', 'local-lvm', { usedBytes: null }),
        ]),
        'free space of local-lvm',
      ],
      ['not read', 'unknown', view(unread), 'no luck'],
    ],
  ],
  [
    locks,
    [
      ['free', 'passed', view(), 'no active locks'],
      ['locked in its configuration', 'failed', view({ config: config({ lock: 'snapshot' }) }), 'snapshot'],
      [
        'locked in the list',
        'failed',
        view({ resources: resources({ guests: [guest({ lock: 'backup' })] }) }),
        'backup',
      ],
      ['being moved', 'failed', view({ tasks: [task()] }), 'being moved by task UPID:pve1'],
      ['being moved by the HA manager', 'failed', view({ tasks: [task({ type: 'hamigrate' })] }), 'being moved'],
      ['another guest is', 'passed', view({ tasks: [task({ vmid: 1001, id: '1001' })] }), 'no active locks'],
      ['it was', 'passed', view({ tasks: [task({ running: false, exitStatus: 'OK' })] }), 'no active locks'],
      ['tasks not read', 'unknown', view({ tasks: null, troubles: ['no luck'] }), 'no luck'],
      ['configuration not read', 'unknown', view(unread), 'no luck'],
    ],
  ],
  [
    affinity,
    [
      ['no rule', 'passed', view(), 'no anti-affinity rules'],
      ['a rule and no neighbour', 'passed', withGuests(guest({ tags: ['exclude_db'] })), 'no anti-affinity conflicts'],
      [
        'a neighbour of the same group',
        'failed',
        withGuests(
          guest({ tags: ['exclude_DB'] }),
          guest({ vmid: 101, name: 'db2', node: 'pve2', tags: ['Exclude_db'] }),
        ),
        'db2 on pve2 must be kept apart: exclude_db',
      ],
      [
        'one elsewhere',
        'passed',
        withGuests(guest({ tags: ['exclude_db'] }), guest({ vmid: 101, node: 'pve3', tags: ['exclude_db'] })),
        'no anti-affinity conflicts',
      ],
      ['gone', 'unknown', withGuests(), 'does not exist'],
    ],
  ],
];

describe.each(tables)('$name', (check, rows) => {
  test.each(rows)('%s: %s', (_, status, live, detail) => {
    expect(check.check(request, live)).toEqual({ status, detail: expect.stringContaining(detail) });
  });
});
