import { z } from 'zod';
import { flag, instantOrNull, list, text, textOrNull } from './values.ts';

const yes = z.preprocess((value) => value ?? 1, flag);
/** 0 stands for never, as null does here. */
const expiry = z.preprocess((value) => (value === 0 || value === '0' ? null : value), instantOrNull);

const AclEntry = z
  .object({ path: text, type: z.enum(['user', 'group', 'token']), ugid: text, roleid: text, propagate: yes })
  .transform((row) => ({
    path: row.path,
    subjectType: row.type,
    /** `user@realm`, a group, or `user@realm!name` */
    subject: row.ugid,
    role: row.roleid,
    /** Goes for what is below the path as well */
    propagate: row.propagate,
  }));
export type AclEntry = z.infer<typeof AclEntry>;
/** `GET /access/acl`: only the entries that the caller may see. */
export const Acl = z.array(AclEntry);

const Role = z
  .object({ roleid: text, privs: list, special: flag })
  .transform((row) => ({ role: row.roleid, privileges: row.privs, builtIn: row.special }));
export type Role = z.infer<typeof Role>;
/** `GET /access/roles`. */
export const Roles = z.array(Role);

const User = z
  .object({ userid: text, enable: yes, expire: expiry, comment: textOrNull })
  .transform((row) => ({ user: row.userid, enabled: row.enable, expiresAt: row.expire, comment: row.comment }));
export type User = z.infer<typeof User>;
/** `GET /access/users`: only those the caller may see, itself always. */
export const Users = z.array(User);

const UserToken = z.object({ tokenid: text, privsep: yes, expire: expiry, comment: textOrNull }).transform((row) => ({
  /** The part behind the `!` */
  name: row.tokenid,
  /** It has what both its user and its own ACL entries give it; otherwise all that its user has */
  privilegeSeparated: row.privsep,
  /** null: never */
  expiresAt: row.expire,
  comment: row.comment,
}));
export type UserToken = z.infer<typeof UserToken>;
/** `GET /access/users/{userid}/token`. */
export const UserTokens = z.array(UserToken);

/** `POST /access/users/{userid}/token/{tokenid}`: the one time that the secret is told. */
export const CreatedToken = z
  .object({ 'full-tokenid': text, value: text })
  .transform((row) => ({ tokenId: row['full-tokenid'], tokenSecret: row.value }));
export type CreatedToken = z.infer<typeof CreatedToken>;
