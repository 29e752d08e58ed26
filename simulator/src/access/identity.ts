/** Who may do something: a user with a password, or a token of a user. */
export type Identity = User | Token;

export interface User {
  kind: 'user';
  /** `name@realm`. */
  id: string;
  /** Null: cannot log in. */
  password: string | null;
  enabled: boolean;
  /** Epoch seconds, 0: never. */
  expireS: number;
  /** comment, email, firstname, lastname, keys: shown, never looked at. */
  about: Map<string, string>;
  acl: AclEntry[];
}

export interface Token {
  kind: 'token';
  /** `name@realm!token`. */
  id: string;
  secret: string;
  /** Epoch seconds, 0: never. */
  expireS: number;
  /** False: the token has all rights of its user, and its own entries do not matter. */
  privsep: boolean;
  comment: string | null;
  acl: AclEntry[];
}

export interface AclEntry {
  path: string;
  role: string;
  propagate: boolean;
}

/** May do everything, without any entry. Its tokens may not. */
export const ROOT = 'root@pam';

export const USER_ID = /^[^\s:/!@]+@[A-Za-z][A-Za-z0-9.\-_]+$/;
export const TOKEN_NAME = /^[A-Za-z][A-Za-z0-9.\-_]+$/;

/** `name@realm!token` -> `name@realm`. */
export function userIdOf(id: string): string {
  return id.split('!')[0] ?? '';
}

export function newUser(id: string, more: Partial<User> = {}): User {
  return { kind: 'user', id, password: null, enabled: true, expireS: 0, about: new Map(), acl: [], ...more };
}

export function newToken(id: string, secret: string, more: Partial<Token> = {}): Token {
  return { kind: 'token', id, secret, expireS: 0, privsep: true, comment: null, acl: [], ...more };
}
