import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { decodeRecorded, readRecorded, recordedFiles } from '../../test/recorded.ts';
import { isProxmoxError, type ProxmoxError } from '../errors.ts';
import { readAnswer } from '../http/answer.ts';
import { permissionReport } from '../permissions/report.ts';
import { Acl, Roles, Users, UserTokens } from './access.ts';
import { Permissions } from './cluster.ts';
import { HaStatus } from './ha-status.ts';
import { NetworkInterfaces } from './network.ts';
import { NodeGuests } from './node-guests.ts';
import { OnePool } from './pools.ts';
import { StorageDefinitions, StorageVolumes } from './storage.ts';

describe.skipIf(recordedFiles().length === 0)('recorded answers about access, storage and the rest', () => {
  test('access: who holds what, until when', () => {
    const acl = decodeRecorded(Acl, 'access-acl-pvecli-9.2.2.json');
    expect(acl[1]).toEqual({
      path: '/',
      subjectType: 'token',
      subject: 'automation@pve!pvectl',
      role: 'PVEAuditor',
      propagate: true,
    });
    const roles = decodeRecorded(Roles, 'access-roles-custom-pvecli-9.2.2.json');
    expect(roles.find(({ role }) => role === 'URLFetch')).toMatchObject({ builtIn: false });
    expect(roles.find(({ role }) => role === 'NoAccess')).toMatchObject({ builtIn: true, privileges: [] });
    expect(decodeRecorded(Users, 'access-users-pvecli-9.2.2.json')[0]).toMatchObject({
      enabled: true,
      expiresAt: null,
    });
    expect(decodeRecorded(UserTokens, 'access-user-token-list-pvecli-9.2.2.json')).toEqual([
      { name: 'pvectl', privilegeSeparated: true, expiresAt: new Date(1_801_412_319_000), comment: null },
    ]);
  });

  test('access: what the recorded token may do, and root everything', () => {
    const may = (file: string) =>
      permissionReport(decodeRecorded(Permissions, file), 'a@pve!b').flatMap((entry) =>
        entry.held ? [entry.function] : [],
      );
    expect(may('access-permissions-root-goproxmox-8.json')).toHaveLength(15);
    expect(may('access-permissions-pvecli-9.2.2.json')).toEqual([
      ...['read-guests', 'read-cluster', 'read-storage', 'read-pools', 'migrate', 'edit-tags'],
      ...['start-and-stop-guests', 'make-snapshots', 'roll-back-snapshots'],
    ]);
  });

  test('storage: what is everywhere, what is shared, what is watched', () => {
    const storages = decodeRecorded(StorageDefinitions, 'storage-list-clusterbalance-8.4.json');
    const of = (name: string) => storages.find(({ storage }) => storage === name);
    expect(of('local-lvm')).toMatchObject({ shared: false, nodes: null, enabled: true });
    expect(of('iscsi-files')).toMatchObject({ shared: true, nodes: ['pve1', 'pve3', 'pve4', 'pve2'] });
    expect([of('nfs-vms')?.mountChecked, of('backup-disk')?.mountChecked]).toEqual([false, true]);
    expect(decodeRecorded(StorageVolumes, 'storage-content-backup-pvecli-9.2.2.json')[0]).toMatchObject({
      vmid: 212,
      content: 'backup',
      createdAt: new Date(1_785_522_993_000),
      protected: false,
    });
  });

  test('pools, bridges, the guests of a node', () => {
    expect(decodeRecorded(OnePool, 'pool-members-pvecli-9.2.2.json')).toMatchObject({ pool: 'lab', vmids: [120, 211] });
    const bridge = decodeRecorded(NetworkInterfaces, 'node-network-pvecli-9.2.2.json')[0];
    expect(bridge).toMatchObject({ name: 'vmbr0', type: 'bridge', active: true, ports: ['nic0'], vlanAware: false });
    expect(decodeRecorded(NodeGuests, 'qemu-list-pvecli-9.2.2.json')[0]).toMatchObject({
      vmid: 211,
      tags: ['lab'],
      pressure: { cpuSomePercent: 0 },
    });
  });

  test('HA status: the state of an agent is the word in its brackets, on 9 and on 8', () => {
    const status = decodeRecorded(HaStatus, 'derived-ha-status-current-9.2.json');
    expect(status).toMatchObject({ quorate: true, armedState: 'armed', master: { node: 'pve1', state: 'active' } });
    expect(status.agents.map(({ state }) => state)).toEqual(['active', 'maintenance mode', 'old timestamp - dead?']);
    expect(status.services[2]).toMatchObject({ sid: 'ct:201', vmid: 201, state: 'error' });
    const eight = decodeRecorded(HaStatus, 'ha-status-current-3nodes-clusterbalance-8.4.json');
    expect(eight.agents.map(({ state }) => state)).toEqual(['active', 'active', 'active']);
    expect([eight.armedState, eight.services[0]?.group]).toEqual([null, 'production']);
  });

  test('every catalogued error is told for what it is, with its text', () => {
    const Entry = z.object({ http_status: z.number(), reason: z.string(), body: z.unknown() });
    const catalogue: unknown = readRecorded('derived-errors-catalogue.json');
    const errors = z
      .array(Entry)
      .parse(catalogue)
      .map((entry) => refusalOf(entry.http_status, entry.reason, entry.body));
    const kinds = ['authentication', 'permission', 'parameter', 'refused', 'not-implemented', 'node-unreachable'];
    expect(new Set(errors.map(({ kind }) => kind))).toEqual(new Set(kinds));
    for (const error of errors) expect(error.reason).not.toMatch(/^HTTP status|^$/);
    const recorded: unknown = readRecorded('error-500-storage-missing-pvecli-9.2.2.json');
    expect(refusalOf(500, '', recorded)).toMatchObject({ kind: 'refused', reason: "storage 'x' does not exist" });
  });
});

/** The error that an answer to a GET stands for. */
const refusalOf = (status: number, reason: string, body: unknown): ProxmoxError => {
  try {
    readAnswer(
      { status, reason, body: typeof body === 'string' ? body : JSON.stringify(body) },
      { host: 'h', method: 'GET', path: '/x' },
    );
  } catch (error) {
    if (isProxmoxError(error)) return error;
    throw error;
  }
  throw new Error('no error');
};
