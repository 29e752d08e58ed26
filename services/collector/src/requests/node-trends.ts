import { setImmediate as turn } from 'node:timers/promises';
import type { ClusterTrends, NodeTrend } from '@proxbalance/contracts';
import { analyzeNode, clusterTrends, movesByNode, type NodeSample } from '@proxbalance/engine';
import type { Row, Series } from '../series/reader.ts';
import { orNull } from './history.ts';
import { brokerDown } from './refusals.ts';

type Wanted = {
  lookback_days: number;
  nodes?: readonly string[] | undefined;
  cpu_threshold: number;
  mem_threshold: number;
};

/** I/O wait is judged against the default: nobody asks with another. */
const iowaitThreshold = 30;
/** The same question within this time gets the same answer: nothing new is stored in between. */
const freshMs = 60_000;
const answersMax = 20;

type Deps = { series: Series; now: () => Date; timeZone: () => string };

/** Trends of nodes from their series, worked out node by node so that nothing else has to wait long. */
export function readNodeTrends({ series, now, timeZone }: Deps) {
  const answers = new Map<string, { at: number; answer: Promise<ClusterTrends> }>();
  return async (wanted: Wanted): Promise<ClusterTrends> => {
    const zone = timeZone();
    const key = JSON.stringify([wanted, zone]);
    const at = now().getTime();
    const known = answers.get(key);
    if (known && at - known.at < freshMs) return await known.answer;
    const answer = analyze(series, wanted, Math.floor(at / 1000), zone).catch((error: unknown) => {
      answers.delete(key);
      return brokerDown(error);
    });
    if (answers.size >= answersMax) answers.clear();
    const kept = { at, answer };
    answers.set(key, kept);
    const trends = await answer;
    // Right after a start the past is still being read: what nothing is known of yet may be known in a moment.
    if (!isKnown(trends) && answers.get(key) === kept) answers.delete(key);
    return trends;
  };
}

const isKnown = ({ nodes }: ClusterTrends): boolean =>
  Object.values(nodes).some(({ cpu }) => cpu.direction !== 'unknown');

async function analyze(
  { reader, catalogue }: Series,
  wanted: Wanted,
  now: number,
  timeZone: string,
): Promise<ClusterTrends> {
  const lookbackHours = wanted.lookback_days * 24;
  const from = now - lookbackHours * 3600;
  const names = wanted.nodes ?? (await catalogue.ids('node', from));
  const moves = movesByNode(await catalogue.moves(from));
  const thresholds = {
    cpu_threshold: wanted.cpu_threshold,
    mem_threshold: wanted.mem_threshold,
    iowait_threshold: iowaitThreshold,
  };
  const trends: NodeTrend[] = [];
  for (const node of names) {
    const rows = (await reader.rows('node', [node], from, now)).get(node) ?? [];
    const samples = rows.map(toNodeSample);
    await turn();
    const own = { node, samples, moves: moves[node] ?? [] };
    trends.push(analyzeNode({ ...own, now, thresholds, lookbackHours, timeZone }));
    await turn();
  }
  return clusterTrends(trends);
}

const toNodeSample = ({ from, seconds, count, means }: Row): NodeSample => ({
  at: from + seconds / 2,
  span: [from, from + seconds],
  sample_count: count,
  cpu: orNull(means[0]),
  memory: orNull(means[1]),
  iowait: orNull(means[2]),
});
