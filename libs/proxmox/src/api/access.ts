import { z } from 'zod';
import {
  Acl,
  type AclEntry,
  CreatedToken,
  type Role,
  Roles,
  type User,
  Users,
  type UserToken,
  UserTokens,
} from '../decode/access.ts';
import { Permissions } from '../decode/cluster.ts';
import type { Http } from '../http/http.ts';

/** Gives or takes roles at a path. Entries at a path replace those further up for the same user, group or token. */
export type AclChange = {
  path: string;
  roles: string[];
  users?: string[];
  groups?: string[];
  /** `user@realm!name` */
  tokens?: string[];
  /** Default: yes */
  propagate?: boolean;
  /** Takes the roles away instead. */
  remove?: boolean;
};

export type TokenSettings = {
  /** The token's own ACL entries count, within those of its user. Default: yes */
  privilegeSeparated?: boolean;
  /** null: never */
  expiresAt?: Date | null;
  comment?: string;
};

/**
 * Calls about who may do what. What concerns other users needs rights below /access; a token counts as another user than
 * its own, and needs User.Modify even for its own user's tokens.
 */
export type AccessApi = {
  /**
   * What the caller may do, or `userid` (a user or a token; needs Sys.Audit on /access); with `path`, at that path alone.
   * Who has no right at all gets empty lists elsewhere, not 403.
   */
  permissions: (of?: { userid?: string; path?: string }) => Promise<Permissions>;
  acl: () => Promise<AclEntry[]>;
  editAcl: (change: AclChange) => Promise<void>;
  roles: () => Promise<Role[]>;
  /** Names that begin with PVE are Proxmox's own. Kind `refused` when it exists. */
  createRole: (role: string, privileges: string[]) => Promise<void>;
  users: () => Promise<User[]>;
  userTokens: (user: string) => Promise<UserToken[]>;
  /** The secret is told this once. Kind `parameter` with `fields.tokenid` when it exists. */
  createToken: (user: string, name: string, settings?: TokenSettings) => Promise<CreatedToken>;
  updateToken: (user: string, name: string, settings: TokenSettings) => Promise<void>;
  deleteToken: (user: string, name: string) => Promise<void>;
};

const TOKEN = '/access/users/{userid}/token/{tokenid}';

export const accessApi = (http: Http): AccessApi => ({
  permissions: (of = {}) => http.get('/access/permissions', Permissions, of),
  acl: () => http.get('/access/acl', Acl),
  editAcl: async ({ path, roles, users, groups, tokens, propagate, remove }) => {
    await http.send('PUT', '/access/acl', z.unknown(), {
      path,
      roles: roles.join(','),
      users: users?.join(','),
      groups: groups?.join(','),
      tokens: tokens?.join(','),
      propagate,
      delete: remove,
    });
  },
  roles: () => http.get('/access/roles', Roles),
  createRole: async (role, privileges) => {
    await http.send('POST', '/access/roles', z.unknown(), { roleid: role, privs: privileges.join(',') });
  },
  users: () => http.get('/access/users', Users),
  userTokens: (user) => http.get('/access/users/{userid}/token', UserTokens, { userid: user }),
  createToken: (user, name, settings = {}) =>
    http.send('POST', TOKEN, CreatedToken, { userid: user, tokenid: name, ...tokenParams(settings) }),
  updateToken: async (user, name, settings) => {
    await http.send('PUT', TOKEN, z.unknown(), { userid: user, tokenid: name, ...tokenParams(settings) });
  },
  deleteToken: async (user, name) => {
    await http.send('DELETE', TOKEN, z.unknown(), { userid: user, tokenid: name });
  },
});

const tokenParams = ({ privilegeSeparated, expiresAt, comment }: TokenSettings) => ({
  privsep: privilegeSeparated,
  expire: expiresAt === null ? 0 : expiresAt === undefined ? undefined : Math.floor(expiresAt.getTime() / 1000),
  comment,
});
