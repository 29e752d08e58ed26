import { accessSync, constants, readFileSync } from 'node:fs';
import type { Settings } from '@proxbalance/contracts';
import { z } from 'zod';
import { ConfigError } from './env.ts';

const pins = /^pin:([0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2}(,([0-9A-Fa-f]{2}:){31}[0-9A-Fa-f]{2})*$/;

/** Settings that the environment may decide. It beats what was saved. */
export const SettingsEnv = z.object({
  PROXMOX_HOSTS: z
    .string()
    .regex(/^[^\s,/@]+(,[^\s,/@]+)*$/, 'must be host[:port], separated by commas')
    .optional(),
  PROXMOX_TOKEN_ID: z
    .string()
    .regex(/^[^\s!:=]+@[^\s!:=]+![A-Za-z][\w.-]+$/, 'must be user@realm!name')
    .optional(),
  PROXMOX_TOKEN_SECRET: z.string().optional(),
  PROXMOX_TLS: z
    .string()
    .refine(
      (mode) => mode === 'verify' || mode === 'insecure' || pins.test(mode),
      'must be verify, insecure or pin:<SHA-256>[,…]',
    )
    .optional(),
  PROXMOX_CA_FILE: z.string().refine(isReadable, 'cannot be read').optional(),
});

/** The part of the settings that the environment decides; its keys can't be changed over HTTP. */
export function settingsFromEnvironment(env: z.output<typeof SettingsEnv>): Partial<Settings> {
  const tls = env.PROXMOX_TLS;
  return {
    ...(env.PROXMOX_HOSTS ? { proxmox_host: env.PROXMOX_HOSTS } : {}),
    ...(env.PROXMOX_TOKEN_ID ? { proxmox_api_token_id: env.PROXMOX_TOKEN_ID } : {}),
    ...(env.PROXMOX_TOKEN_SECRET ? { proxmox_api_token_secret: env.PROXMOX_TOKEN_SECRET } : {}),
    ...(tls
      ? {
          proxmox_verify_ssl: tls !== 'insecure',
          proxmox_fingerprints: tls.startsWith('pin:') ? tls.slice(4).split(',') : [],
        }
      : {}),
    ...(env.PROXMOX_CA_FILE ? { proxmox_ca: readAuthority(env.PROXMOX_CA_FILE) } : {}),
  };
}

function readAuthority(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError([`PROXMOX_CA_FILE: cannot read ${path}: ${(error as Error).message}`]);
  }
}

function isReadable(path: string): boolean {
  try {
    accessSync(path, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}
