import { RefusedError, type Settings } from '@proxbalance/contracts';
import { connectionFromSettings } from './from-settings.ts';
import type { RequestInfo } from './options.ts';
import { createProxmox, type Proxmox } from './proxmox.ts';

/** The client for the connection that the settings name now; a changed connection replaces it. */
export type ProxmoxLink = {
  /** Throws `RefusedError` `proxmox-not-configured` while host or token are missing. */
  get(): Proxmox;
  isConfigured(): boolean;
  close(): Promise<void>;
};

export function followConnection(
  view: { current(): Settings; onChange(listener: (settings: Settings) => void): void },
  onRequest: (info: RequestInfo) => void,
): ProxmoxLink {
  let key = '';
  let client: Proxmox | null = null;
  const apply = (settings: Settings) => {
    const options = connectionFromSettings(settings);
    const next = JSON.stringify(options);
    if (next === key) return;
    key = next;
    // Calls under way end on the old client; new ones begin on the new one.
    void client?.close();
    client = options ? createProxmox({ ...options, onRequest }) : null;
  };
  apply(view.current());
  view.onChange(apply);
  return {
    get() {
      if (!client)
        throw new RefusedError(
          'proxmox-not-configured',
          'no Proxmox connection is configured: set proxmox_host, proxmox_api_token_id and proxmox_api_token_secret',
        );
      return client;
    },
    isConfigured: () => client !== null,
    close: async () => client?.close(),
  };
}
