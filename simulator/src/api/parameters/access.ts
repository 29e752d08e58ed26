import { bool, integer, needed, type Parameters, text } from './parameter.ts';

const userid = needed(text({ format: 'user-id', maxLength: 64 }));
const tokenid = needed(text({ pattern: /^[A-Za-z][A-Za-z0-9.\-_]+$/ }));
const roleid = needed(text({ format: 'role-id' }));
const token: Parameters = { comment: text(), expire: integer({ min: 0 }), privsep: bool(), tokenid, userid };
const user: Parameters = {
  comment: text({ maxLength: 2_048 }),
  email: text({ maxLength: 254 }),
  enable: bool(),
  expire: integer({ min: 0 }),
  firstname: text({ maxLength: 1_024 }),
  groups: text(),
  keys: text({ pattern: /^[0-9a-zA-Z!=]{0,4096}$/ }),
  lastname: text({ maxLength: 1_024 }),
  userid,
};

export const ACCESS_PARAMETERS: Record<string, Parameters> = {
  'GET /version': {},
  'GET /access/permissions': {
    path: text(),
    userid: text({ pattern: /^[^\s:/]+@[A-Za-z][A-Za-z0-9.\-_]+(?:![A-Za-z][A-Za-z0-9.\-_]+)?$/ }),
  },
  'GET /access/acl': {},
  'PUT /access/acl': {
    delete: bool(),
    groups: text(),
    path: needed(text()),
    propagate: bool(),
    roles: needed(text({ format: 'role-ids' })),
    tokens: text({ format: 'token-ids' }),
    users: text({ format: 'user-ids' }),
  },
  'GET /access/roles': {},
  'POST /access/roles': { roleid, privs: text() },
  'GET /access/roles/{roleid}': { roleid },
  'PUT /access/roles/{roleid}': { roleid, privs: text(), append: bool() },
  'DELETE /access/roles/{roleid}': { roleid },
  'GET /access/ticket': {},
  'POST /access/ticket': {
    'new-format': bool(),
    otp: text(),
    password: needed(text()),
    path: text({ maxLength: 64 }),
    privs: text({ maxLength: 64 }),
    realm: text({ maxLength: 32 }),
    'tfa-challenge': text(),
    username: needed(text({ maxLength: 64 })),
  },
  'GET /access/users': { enabled: bool(), full: bool() },
  'POST /access/users': { ...user, password: text({ minLength: 8, maxLength: 64 }) },
  'GET /access/users/{userid}': { userid },
  'PUT /access/users/{userid}': { ...user, append: bool() },
  'DELETE /access/users/{userid}': { userid },
  'GET /access/users/{userid}/token': { userid },
  'GET /access/users/{userid}/token/{tokenid}': { tokenid, userid },
  'POST /access/users/{userid}/token/{tokenid}': token,
  'PUT /access/users/{userid}/token/{tokenid}': { ...token, delete: text({ nine: true }) },
  'DELETE /access/users/{userid}/token/{tokenid}': { tokenid, userid },
};
