import type { Settings } from '@proxbalance/contracts';
import { type ProxmoxOptions, parseHosts, type TlsMode } from './options.ts';

/** The settings a connection is made from. */
export const connectionKeys = [
  'proxmox_host',
  'proxmox_port',
  'proxmox_api_token_id',
  'proxmox_api_token_secret',
  'proxmox_verify_ssl',
  'proxmox_fingerprints',
  'proxmox_ca',
] as const satisfies (keyof Settings)[];

type Connection = Pick<Settings, (typeof connectionKeys)[number]>;

/** How to reach Proxmox according to the settings; null while host or token are missing. Throws a `TypeError` for a host that is none. */
export function connectionFromSettings(settings: Connection): ProxmoxOptions | null {
  if (!settings.proxmox_host || !settings.proxmox_api_token_id || !settings.proxmox_api_token_secret) return null;
  return {
    hosts: parseHosts(settings.proxmox_host, settings.proxmox_port),
    tokenId: settings.proxmox_api_token_id,
    tokenSecret: settings.proxmox_api_token_secret,
    tls: tlsFromSettings(settings),
  };
}

/** Pins beat authorities: who pins a certificate wants that one. */
function tlsFromSettings(settings: Connection): TlsMode {
  if (settings.proxmox_fingerprints.length > 0) return { mode: 'pin', fingerprints: settings.proxmox_fingerprints };
  if (!settings.proxmox_verify_ssl) return { mode: 'insecure' };
  return settings.proxmox_ca ? { mode: 'verify', ca: settings.proxmox_ca } : { mode: 'verify' };
}
