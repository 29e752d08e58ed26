import { GetOutcomes, PostRefreshOutcomes, ReadOutcomes, RefreshOutcomes } from '@proxbalance/contracts';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../deps.ts';
import { endpoint, success } from '../http/endpoint.ts';
import { answerOf } from '../http/failure.ts';

const shownUsually = 20;

/** What past moves brought. The migrator keeps it. */
export function outcomeRoutes(server: FastifyInstance, { kit: { bus } }: Deps): void {
  endpoint(server, GetOutcomes, async ({ query: { vmid, limit = shownUsually, offset = 0 } }) =>
    success(answerOf(await bus.ask(ReadOutcomes, { vmid, limit, offset }))),
  );
  endpoint(server, PostRefreshOutcomes, async () => success(answerOf(await bus.ask(RefreshOutcomes, {}))));
}
