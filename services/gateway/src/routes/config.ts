import { GetConfig, PostConfig } from '@proxbalance/contracts';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../deps.ts';
import { endpoint, success } from '../http/endpoint.ts';
import { penaltiesFollowing } from '../settings/simplified.ts';

export function configRoutes(server: FastifyInstance, { desk }: Deps): void {
  endpoint(server, GetConfig, () => success(desk.read()));
  endpoint(server, PostConfig, async ({ body, actor }) => {
    const patch = body as Record<string, unknown>;
    const changed = await desk.change((saved) => penaltiesFollowing(patch, saved), actor);
    return success({ message: 'settings saved', ...changed });
  });
}
