import { bool, integer, needed, type Parameters, text } from './parameter.ts';
import { consolidation, FRAMES, node, timeframe } from './repeated.ts';

const upid = needed(text());
const storage = needed(text({ format: 'storage-id' }));
const STORAGE_TYPES = 'btrfs cephfs cifs dir esxi iscsi iscsidirect lvm lvmthin nfs pbs rbd zfs zfspool'.split(' ');

export const NODE_PARAMETERS: Record<string, Parameters> = {
  'GET /nodes': {},
  'GET /nodes/{node}/status': { node },
  'GET /nodes/{node}/rrddata': {
    node,
    cf: consolidation,
    timeframe: needed(text({ choices: [...FRAMES, 'decade'], choices8: FRAMES })),
  },
  'GET /nodes/{node}/storage': {
    node,
    content: text(),
    enabled: bool(),
    format: bool(),
    storage: text({ format: 'storage-id' }),
    target: text({ format: 'node' }),
  },
  'GET /nodes/{node}/storage/{storage}/rrddata': {
    node,
    cf: consolidation,
    storage,
    timeframe,
  },
  'GET /storage': { type: text({ choices: STORAGE_TYPES, choices8: [...STORAGE_TYPES, 'glusterfs'] }) },
  'GET /nodes/{node}/tasks': {
    node,
    errors: bool(),
    limit: integer({ min: 0 }),
    since: integer(),
    source: text({ choices: ['archive', 'active', 'all'] }),
    start: integer({ min: 0 }),
    statusfilter: text(),
    typefilter: text(),
    until: integer(),
    userfilter: text(),
    vmid: integer({ min: 100, max: 999_999_999 }),
  },
  'GET /nodes/{node}/tasks/{upid}/status': { node, upid },
  'GET /nodes/{node}/tasks/{upid}/log': {
    node,
    upid,
    download: bool(),
    limit: integer({ min: 0 }),
    start: integer({ min: 0 }),
  },
  'DELETE /nodes/{node}/tasks/{upid}': { node, upid },
  'POST /nodes/{node}/status': { node, command: needed(text({ choices: ['reboot', 'shutdown'] })) },
  'GET /nodes/{node}/storage/{storage}/content': {
    node,
    storage,
    content: text(),
    vmid: integer({ min: 100, max: 999_999_999 }),
  },
};
