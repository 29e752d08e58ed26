import {
  GetDiagnostics,
  GetFeedback,
  GetForecasts,
  GetRecommendationsExport,
  GetScoreHistory,
  GetSkippedGuests,
  GetWorkloadPatterns,
  GiveFeedback,
  PostFeedback,
  ReadFeedback,
  ReadScoreHistory,
  ReadWorkloadPatterns,
  RefusedError,
  scoreHistoryHoursMax,
} from '@proxbalance/contracts';
import type { FastifyInstance } from 'fastify';
import type { Deps } from '../deps.ts';
import { endpoint, preparedEndpoint, success } from '../http/endpoint.ts';
import { answerOf } from '../http/failure.ts';
import { prepare, sendPrepared } from '../http/prepared.ts';
import { diagnosticsOf, selectForecasts, selectSkipped } from '../read-models/derive-recommendations.ts';
import { recommendationsCsv } from '../read-models/recommendations-csv.ts';

const historyHours = 24;
const patternHours = 168;
const bucketsShown = 168;

/** What is left of past generations, and views of the last one. */
export function learningRoutes(server: FastifyInstance, deps: Deps): void {
  viewsOfTheLast(server, deps);
  learned(server, deps);
}

function viewsOfTheLast(server: FastifyInstance, { kit, snapshots, recommendations }: Deps): void {
  const named = (kind: string, query: object) => `${kind} ${JSON.stringify(Object.entries(query).sort())}`;
  preparedEndpoint(server, GetSkippedGuests, ({ query }) =>
    recommendations.prepared(named('skipped', query), (last) => success(selectSkipped(last, query))),
  );
  preparedEndpoint(server, GetForecasts, ({ query }) =>
    recommendations.prepared(named('forecasts', query), (last) => success(selectForecasts(last, query))),
  );
  endpoint(server, GetDiagnostics, () => {
    const { penalty_scoring } = kit.settings.current();
    const collectedAt = snapshots.peek()?.collected_at ?? null;
    return success({ diagnostics: diagnosticsOf(recommendations.get(), penalty_scoring, Date.now(), collectedAt) });
  });
  endpoint(server, GetRecommendationsExport, async ({ query: { format = 'json' }, request, reply }) => {
    const { recommendations: all } = recommendations.get();
    reply.header('content-disposition', `attachment; filename="recommendations.${format}"`);
    if (format === 'csv') return reply.type('text/csv; charset=utf-8').send(recommendationsCsv(all));
    await sendPrepared(request, reply, await recommendations.prepared('export', (last) => last.recommendations));
    return reply;
  });
}

function learned(server: FastifyInstance, { kit: { bus } }: Deps): void {
  endpoint(server, GetScoreHistory, async ({ query: { hours, node, limit, bucket = 0 }, request, reply }) => {
    const isOpen = hours === undefined && (limit !== undefined || bucket > 0);
    const wanted = {
      hours: hours ?? (isOpen ? scoreHistoryHoursMax : historyHours),
      node,
      bucket_minutes: bucket,
      limit: limit ?? (isOpen ? bucketsShown : undefined),
    };
    const history = answerOf(await bus.ask(ReadScoreHistory, wanted));
    await sendPrepared(request, reply, await prepare(success(history)));
    return reply;
  });
  endpoint(server, GetWorkloadPatterns, async ({ query: { node, hours = patternHours, time_zone } }) => {
    const analyzed = hours > 0 ? hours : scoreHistoryHoursMax;
    const { patterns, history_entries } = answerOf(
      await bus.ask(ReadWorkloadPatterns, { hours: analyzed, node, time_zone }),
    );
    if (history_entries === 0) throw new RefusedError('no-history', 'there is no score history of that time yet');
    const message = patterns.length === 0 ? `nothing is known of ${node ?? 'any node'} in that time` : undefined;
    return success({ patterns, history_entries, hours_analyzed: analyzed, ...(message ? { message } : {}) });
  });
  endpoint(server, PostFeedback, async ({ body }) => success(answerOf(await bus.ask(GiveFeedback, body))));
  endpoint(server, GetFeedback, async () => success(answerOf(await bus.ask(ReadFeedback, {}))));
}
