import { ExplainGuest, GetGuestExplanation, ListMigrationOptions, PostMigrationOptions } from '@proxbalance/contracts';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../deps.ts';
import { endpoint, success } from '../http/endpoint.ts';
import { answerOf } from '../http/failure.ts';

export function explanationRoutes(server: FastifyInstance, { kit }: Deps): void {
  endpoint(server, PostMigrationOptions, async ({ params, body }) =>
    success(answerOf(await kit.bus.ask(ListMigrationOptions, { ...body, vmid: params.vmid }))),
  );
  endpoint(server, GetGuestExplanation, async ({ params }) =>
    success(answerOf(await kit.bus.ask(ExplainGuest, { vmid: params.vmid }))),
  );
}
