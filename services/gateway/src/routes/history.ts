import {
  GetGuestHistory,
  GetGuestProfiles,
  GetGuestTrend,
  GetNodeTrend,
  GetNodeTrends,
  ReadGuestHistory,
  ReadGuestProfiles,
  ReadGuestTrend,
  ReadNodeTrends,
  RefusedError,
} from '@proxbalance/contracts';
import type { FastifyInstance } from 'fastify';
import type { z } from 'zod';
import type { Deps } from '../deps.ts';
import { endpoint, success } from '../http/endpoint.ts';
import { answerOf } from '../http/failure.ts';

const hoursDefault = 24;
const lookbackDaysDefault = 7;

type Lookback = z.output<NonNullable<typeof GetNodeTrends.query>>;

/** What the collector has stored over time. Of which guests and nodes there are, the snapshot knows. */
export function historyRoutes(server: FastifyInstance, { kit, snapshots }: Deps): void {
  const { bus, settings } = kit;
  const askTrends = async (query: Lookback, nodes?: string[]) => {
    const { lookback_days = lookbackDaysDefault } = query;
    const usual = settings.current().recommendation_thresholds;
    const { cpu_threshold = usual.cpu_threshold, mem_threshold = usual.mem_threshold } = query;
    const request = { lookback_days, cpu_threshold, mem_threshold, ...(nodes ? { nodes } : {}) };
    return answerOf(await bus.ask(ReadNodeTrends, request));
  };
  endpoint(server, GetGuestHistory, async ({ params, query: { hours = hoursDefault } }) => {
    const { vmid } = snapshots.guest(params.vmid);
    return success(answerOf(await bus.ask(ReadGuestHistory, { vmid, hours })));
  });
  endpoint(server, GetGuestProfiles, async () => success(answerOf(await bus.ask(ReadGuestProfiles, {}))));
  endpoint(server, GetNodeTrends, async ({ query }) => success(await askTrends(query)));
  endpoint(server, GetNodeTrend, async ({ params, query }) => {
    const { name } = snapshots.node(params.node);
    const trend = (await askTrends(query, [name])).nodes[name];
    if (!trend) throw new RefusedError('node-not-found', `nothing is known of ${name} over time`);
    return success(trend);
  });
  endpoint(server, GetGuestTrend, async ({ params, query: { lookback_days = lookbackDaysDefault } }) => {
    const { vmid } = snapshots.guest(params.vmid);
    return success(answerOf(await bus.ask(ReadGuestTrend, { vmid, lookback_days })));
  });
}
