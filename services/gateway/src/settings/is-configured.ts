import type { Settings } from '@proxbalance/contracts';

/** Whether there is a Proxmox to speak to, and a token to do it with. */
export const isConfigured = (settings: Settings): boolean =>
  [settings.proxmox_host, settings.proxmox_api_token_id, settings.proxmox_api_token_secret].every(
    (value) => value !== '',
  );
