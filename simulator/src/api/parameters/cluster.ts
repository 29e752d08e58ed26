import { bool, integer, needed, type Parameters, text } from './parameter.ts';
import { node } from './repeated.ts';

const OPTIONS_KEYBOARD =
  'de de-ch da en-gb en-us es fi fr fr-be fr-ca fr-ch hu is it ja lt mk nl no pl pt pt-br sv sl tr'.split(' ');
const OPTIONS_LANGUAGE =
  'ar ca da de en es eu fa fr hr he it ja ka kr nb nl nn pl pt_BR ru sl sv tr ukr zh_CN zh_TW'.split(' ');

export const CLUSTER_PARAMETERS: Record<string, Parameters> = {
  'GET /cluster/resources': { type: text({ choices: ['vm', 'storage', 'node', 'sdn'] }) },
  'GET /cluster/status': {},
  'GET /cluster/tasks': {},
  'GET /cluster/nextid': { vmid: integer({ min: 100, max: 999_999_999 }) },
  'GET /cluster/options': {},
  'PUT /cluster/options': {
    bwlimit: text(),
    'consent-text': text({ maxLength: 65_536 }),
    console: text({ choices: ['applet', 'vv', 'html5', 'xtermjs'] }),
    crs: text(),
    delete: text(),
    description: text({ maxLength: 65_536 }),
    email_from: text(),
    fencing: text({ choices: ['watchdog', 'hardware', 'both'] }),
    ha: text(),
    http_proxy: text({ pattern: /^http:\/\/.*$/ }),
    keyboard: text({ choices: OPTIONS_KEYBOARD }),
    language: text({ choices: OPTIONS_LANGUAGE }),
    mac_prefix: text(),
    max_workers: integer({ min: 1 }),
    migration: text(),
    migration_unsecure: bool(),
    'next-id': text(),
    notify: text(),
    'registered-tags': text({ pattern: /^(?:[a-z0-9_][a-z0-9_\-+.]*;)*[a-z0-9_][a-z0-9_\-+.]*$/i }),
    replication: text({ nine: true }),
    'tag-style': text(),
    u2f: text(),
    'user-tag-access': text(),
    webauthn: text(),
  },
  'GET /cluster/ha/resources': { type: text({ choices: ['ct', 'vm'] }) },
  'GET /cluster/ha/rules': { resource: text(), type: text({ choices: ['node-affinity', 'resource-affinity'] }) },
  'GET /cluster/ha/groups': {},
  'GET /cluster/ha/status/current': {},
  'GET /cluster/ha/status/manager_status': {},
  'POST /cluster/ha/resources/{sid}/migrate': { node, sid: needed(text()) },
  'GET /cluster/backup-info/not-backed-up': {},
  'GET /pools': { poolid: text(), type: text({ choices: ['qemu', 'lxc', 'storage'] }) },
  'GET /cluster/metrics/export': {
    history: bool(),
    'local-only': bool(),
    'node-list': text({ nine: true }),
    'start-time': integer(),
  },
};
