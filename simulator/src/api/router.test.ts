import { expect, test } from 'vitest';
import { ask } from '../../test/ask.ts';
import { smallWorld } from '../../test/small-cluster.ts';
import { seededRandom } from '../noise.ts';
import { PARAMETERS } from './parameters/all.ts';

const VALUES = [
  '1',
  '0',
  'true',
  '',
  'abc',
  '-1',
  'pve2',
  'pve3',
  'ceph1',
  'ceph1:local-zfs',
  'week',
  'a;b',
  'é\u0000',
  'new@pve',
  'root@pam!test',
  '/vms/100',
  'reboot',
  'freeze',
  'ha=dynamic,x',
  '__proto__',
  1.5,
  true,
  null,
  [1],
  {},
];
const PATHS: Record<string, string[]> = {
  node: ['pve1', 'pve2', 'pve9', 'localhost', '..'],
  vmid: ['100', '101', '103', '105', '201', '202', '999', 'abc'],
  storage: ['ceph1', 'x'],
  sid: ['vm:103', '103', 'ct:1', 'x'],
  userid: ['root@pam', 'new@pve', 'x', 'a@b!c'],
  tokenid: ['test', 'main', '1'],
  roleid: ['PVEAuditor', 'Mover', 'x y'],
  upid: ['UPID:pve1:00000001:00000001:00000001:qmigrate:100:root@pam!test:', 'x'],
};

test('no request whatever makes anything but an answer of Proxmox', () => {
  const random = seededRandom(42);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)] as T;
  const names = [
    ...new Set(Object.values(PARAMETERS).flatMap((table) => Object.keys(table))),
    '__proto__',
    'toString',
    'scsi0',
  ];
  const statuses = new Set<number>();
  for (const pve of ['9.2', '8.4'] as const) {
    const world = smallWorld({}, pve);
    for (let round = 0; round < 3000; round += 1) {
      const [method = '', template = ''] = pick(Object.keys(PARAMETERS)).split(' ');
      const path = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(pick(PATHS[name] ?? ['x'])));
      const known = Object.keys(PARAMETERS[`${method} ${template}`] ?? {});
      const parameters: Record<string, unknown> = {};
      for (let count = Math.floor(random() * 4); count > 0; count -= 1) {
        parameters[pick(random() < 0.8 && known.length > 0 ? known : names)] = pick(VALUES);
      }
      // Anything but an ApiError is thrown on, and fails the test.
      statuses.add(ask(world, method, path, parameters).status);
      if (round % 20 === 0) world.clock.advance(4);
    }
  }
  expect([...statuses].sort()).toEqual([200, 400, 401, 403, 500, 501]);
});
