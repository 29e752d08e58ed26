import {
  type AutomatedMigration,
  GetAutomationHistory,
  GetAutomationHistoryExport,
  ReadAutomatedMigrations,
  ReadAutomationRuns,
} from '@proxbalance/contracts';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../deps.ts';
import { endpoint, success } from '../http/endpoint.ts';
import { answerOf } from '../http/failure.ts';
import { csvOf } from '../read-models/csv.ts';

const shownUsually = 50;

/** In the order of the API reference. */
const columns = [
  'timestamp',
  'vmid',
  'name',
  'type',
  'source_node',
  'target_node',
  'status',
  'score_improvement',
  'initiated_by',
] as const satisfies readonly (keyof AutomatedMigration)[];

/** What automation did. It keeps that itself. */
export function automationRoutes(server: FastifyInstance, { kit: { bus } }: Deps): void {
  endpoint(server, GetAutomationHistory, async ({ query: { type, status, limit = shownUsually, offset } }) => {
    const page = { limit, offset };
    // The contract lets only statuses of the type through.
    if (type === 'migrations')
      return success(
        answerOf(await bus.ask(ReadAutomatedMigrations, { ...page, ...(status === 'dry-run' ? { status } : {}) })),
      );
    return success(
      answerOf(await bus.ask(ReadAutomationRuns, { ...page, ...(status !== 'dry-run' ? { status } : {}) })),
    );
  });
  endpoint(server, GetAutomationHistoryExport, async ({ query: { format = 'json', from, to }, reply }) => {
    const { migrations } = answerOf(await bus.ask(ReadAutomatedMigrations, { from, to }));
    reply.header('content-disposition', `attachment; filename="migration_history.${format}"`);
    return format === 'csv' ? reply.type('text/csv; charset=utf-8').send(csvOf(columns, migrations)) : migrations;
  });
}
