import { createHash } from 'node:crypto';
import { RefusedError, type Settings } from '@proxbalance/contracts';
import { connectionFromSettings, connectionKeys } from './from-settings.ts';
import type { RequestInfo } from './options.ts';
import { createProxmox, type Proxmox } from './proxmox.ts';

/** The client for the connection that the settings name now; a changed connection replaces it. */
export type ProxmoxLink = {
  /** Throws `RefusedError` `proxmox-not-configured` while host or token are missing, or are none that could be used. */
  get(): Proxmox;
  isConfigured(): boolean;
  /** The same for the same connection, in whichever process; tells nothing of its secret. */
  fingerprint(): string;
  close(): Promise<void>;
};

/** Never throws, whatever the settings hold: what is wrong with them is what `get` refuses with. */
export function followConnection(
  view: { current(): Settings; onChange(listener: (settings: Settings) => void): void },
  onRequest: (info: RequestInfo) => void,
): ProxmoxLink {
  let key = '';
  let client: Proxmox | null = null;
  let problem = '';
  const apply = (settings: Settings) => {
    const next = JSON.stringify(connectionKeys.map((name) => settings[name]));
    if (next === key) return;
    key = next;
    const before = client;
    client = null;
    problem = missing;
    try {
      const options = connectionFromSettings(settings);
      if (options) client = createProxmox({ ...options, onRequest });
    } catch (error) {
      // Settings that can't be used must not end the service that waits for better ones.
      problem = `the Proxmox connection can't be used: ${(error as Error).message}`;
    }
    // Calls under way end on the old client; new ones begin on the new one.
    void before?.close();
  };
  apply(view.current());
  view.onChange(apply);
  return {
    get() {
      if (!client) throw new RefusedError('proxmox-not-configured', problem);
      return client;
    },
    isConfigured: () => client !== null,
    fingerprint: () => createHash('sha256').update(key).digest('base64url'),
    close: async () => client?.close(),
  };
}

/** A client for the same hosts with another token, to be closed by the caller. Throws as `get` does, and for a token that can be none. */
export function connectWithToken(
  settings: Settings,
  token: { id: string; secret: string },
  onRequest: (info: RequestInfo) => void,
): Proxmox {
  const other = { ...settings, proxmox_api_token_id: token.id, proxmox_api_token_secret: token.secret };
  try {
    const options = connectionFromSettings(other);
    if (options) return createProxmox({ ...options, onRequest });
  } catch (error) {
    const reason = (error as Error).message;
    if (/token/.test(reason)) throw new RefusedError('token-refused', reason);
    throw new RefusedError('proxmox-not-configured', `the Proxmox connection can't be used: ${reason}`);
  }
  if (settings.proxmox_host) throw new RefusedError('token-refused', 'a token has an id and a secret');
  throw new RefusedError('proxmox-not-configured', 'no Proxmox host is configured: set proxmox_host');
}

const missing =
  'no Proxmox connection is configured: set proxmox_host, proxmox_api_token_id and proxmox_api_token_secret';
