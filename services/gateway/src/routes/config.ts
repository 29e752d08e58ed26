import { GetConfig, PostConfig } from '@proxbalance/contracts';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../deps.ts';
import { endpoint, success } from '../http/endpoint.ts';

export function configRoutes(server: FastifyInstance, { desk }: Deps): void {
  endpoint(server, GetConfig, () => success(desk.read()));
  endpoint(server, PostConfig, async ({ body, actor }) => {
    const changed = await desk.change(body as Record<string, unknown>, actor);
    return success({ message: 'settings saved', ...changed });
  });
}
