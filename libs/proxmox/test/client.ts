import { createProxmox, type Proxmox, type ProxmoxConnection, type ProxmoxOptions } from '../src/index.ts';
import { one } from './certificates.ts';

const TOKEN_ID = 'test@pve!main';
export const TOKEN_SECRET = '0b1c5c1e-6c5b-4c58-a3f7-2f6b1d9b7a10';

/** A client that closes itself, trusting the test certificate `one`. */
export const client = (
  hosts: ProxmoxOptions['hosts'],
  options: Partial<ProxmoxOptions> = {},
): Proxmox & AsyncDisposable => {
  const tls = { mode: 'verify' as const, ca: one.cert };
  const proxmox = createProxmox({
    hosts,
    tokenId: TOKEN_ID,
    tokenSecret: TOKEN_SECRET,
    tls,
    timeoutMs: 3_000,
    ...options,
  });
  return { ...proxmox, [Symbol.asyncDispose]: proxmox.close };
};

/** The same with a password in the place of the token. */
export const passwordClient = (
  hosts: ProxmoxOptions['hosts'],
  password: string,
  options: Partial<ProxmoxConnection> = {},
): Proxmox & AsyncDisposable => {
  const proxmox = createProxmox({
    hosts,
    auth: { kind: 'password', username: 'root@pam', password },
    tls: { mode: 'verify', ca: one.cert },
    timeoutMs: 3_000,
    ...options,
  });
  return { ...proxmox, [Symbol.asyncDispose]: proxmox.close };
};

/** What a call was refused with. */
export const failure = async (call: Promise<unknown>): Promise<unknown> => {
  try {
    await call;
  } catch (error) {
    return error;
  }
  throw new Error('the call should have failed');
};
