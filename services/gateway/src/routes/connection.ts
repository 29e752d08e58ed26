import {
  GetPermissions,
  PostCollectionSettings,
  PostValidateToken,
  ReadPermissions,
  ValidateToken,
} from '@proxbalance/contracts';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../deps.ts';
import { endpoint, success } from '../http/endpoint.ts';
import { answerOf } from '../http/failure.ts';
import { collectionPatch } from '../settings/collection.ts';

export function connectionRoutes(server: FastifyInstance, { kit, desk }: Deps): void {
  endpoint(server, PostValidateToken, async ({ body }) => {
    const { proxmox_api_token_id: token_id, proxmox_api_token_secret: token_secret } = body;
    const { version, permissions } = answerOf(await kit.bus.ask(ValidateToken, { token_id, token_secret }));
    const held = permissions.filter(({ ok }) => ok).length;
    const message = `Proxmox VE ${version} takes the token; ${held} of ${permissions.length} permissions are there`;
    return success({ message, version, permissions });
  });
  // The reference: an answer in any case, that says why when nothing could be found out.
  endpoint(server, GetPermissions, async () => {
    const outcome = await kit.bus.ask(ReadPermissions, {});
    if (!outcome.ok) return { success: false, can_migrate: false, reason: outcome.error.message, permissions: [] };
    const { permissions } = outcome.value;
    const asked = permissions.filter(({ privilege }) => privilege === 'VM.Migrate');
    const missing = asked.find(({ ok }) => !ok);
    const can_migrate = asked.length > 0 && !missing;
    return { success: true, can_migrate, ...(missing ? { reason: missing.detail } : {}), permissions };
  });
  endpoint(server, PostCollectionSettings, async ({ body, actor }) => {
    await desk.change(collectionPatch(body), actor);
    return success({ message: 'collection settings saved' });
  });
}
