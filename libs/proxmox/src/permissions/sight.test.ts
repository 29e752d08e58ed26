import { describe, expect, test } from 'vitest';
import { decodeRecorded, recordedFiles } from '../../test/recorded.ts';
import { Permissions } from '../decode/cluster.ts';
import { sightOf } from './sight.ts';

const auditor = { 'VM.Audit': true, 'Sys.Audit': true, 'Datastore.Audit': true };
const everywhere = { '/': auditor, '/vms': auditor, '/nodes': auditor, '/storage': auditor };
const all = { guests: true, cluster: true, storages: true };

test.each([
  ['an auditor', everywhere, all],
  ['nobody', {}, { guests: false, cluster: false, storages: false }],
  [
    'who sees one guest alone',
    { '/vms/100': { 'VM.Audit': true } },
    { guests: false, cluster: false, storages: false },
  ],
  ['who sees all guests but one', { ...everywhere, '/vms/100': { 'VM.PowerMgmt': true } }, { ...all, guests: false }],
  [
    'who sees all storages but one',
    { ...everywhere, '/storage/nas': { 'Datastore.Allocate': true } },
    { ...all, storages: false },
  ],
  ['who sees all nodes but one', { ...everywhere, '/nodes/pve2': { 'Sys.Modify': true } }, all],
  ['who sees the nodes alone', { '/nodes': auditor }, { guests: false, cluster: false, storages: false }],
  ['whose rights do not go down', { ...everywhere, '/vms': { 'VM.Audit': false } }, { ...all, guests: false }],
])('%s', (_, permissions, sight) => {
  expect(sightOf(permissions)).toEqual(sight);
});

describe.skipIf(recordedFiles().length === 0)('as recorded', () => {
  test.each(['access-permissions-pvecli-9.2.2.json', 'access-permissions-root-goproxmox-8.json'])('%s', (file) => {
    expect(sightOf(decodeRecorded(Permissions, file))).toEqual(all);
  });
});
