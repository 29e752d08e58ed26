import { z } from 'zod';
import { PermissionCheck } from '../guest-facts.ts';
import { route } from '../kit/route.ts';
import { CollectionSettings } from '../settings.ts';
import { ok, proxmox } from './shapes.ts';

export const PostValidateToken = route('POST', '/api/validate-token', {
  tag: 'Configuration',
  summary: 'Try an API token on the configured Proxmox, and say what it may do',
  role: 'admin',
  body: z.strictObject({
    proxmox_api_token_id: z
      .string()
      .max(200)
      .regex(/^[^\s!:=]+@[^\s!:=]+![A-Za-z][\w.-]+$/, 'must be user@realm!name'),
    proxmox_api_token_secret: z.string().min(1).max(200).describe('*** stands for the saved one of the same token'),
  }),
  reply: ok({ message: z.string(), version: z.string(), permissions: z.array(PermissionCheck) }),
  errors: ['token-refused', ...proxmox],
});

export const GetPermissions = route('GET', '/api/permissions', {
  tag: 'Configuration',
  summary: 'What the configured token may do, function by function',
  role: 'viewer',
  reply: z.object({
    success: z.boolean(),
    can_migrate: z.boolean(),
    reason: z.string().optional().describe('Why not, or why it can’t be told'),
    permissions: z.array(PermissionCheck),
  }),
  errors: [],
});

export const PostCollectionSettings = route('POST', '/api/settings/collection', {
  tag: 'Configuration',
  summary: 'How often and how hard the cluster is read',
  role: 'admin',
  body: z.strictObject({
    collection_interval_minutes: z.int().min(1).max(240).optional(),
    max_parallel_workers: z.int().min(1).max(10).optional().describe('Short for the one in collection_optimization'),
    collection_optimization: CollectionSettings.optional(),
  }),
  reply: ok({ message: z.string() }),
  errors: ['conflict', 'broker-unavailable', 'settings-from-environment'],
});
