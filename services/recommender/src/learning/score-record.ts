import type { ClusterSnapshot, PenaltyConfig } from '@proxbalance/contracts';
import { healthScore } from '@proxbalance/engine';
import type { GenerationHead } from '../judged.ts';

/** What one generation leaves behind. */
export type ScoreRecord = {
  /** Unix milliseconds */
  at: number;
  /** Health of the cluster; null when no node was online */
  health: number | null;
  /** How many moves were recommended */
  count: number;
  /** Of each online node: health score, CPU and memory in percent */
  nodes: Record<string, NodeReading>;
};

export type NodeReading = [score: number, cpu: number, mem: number];

/** The record of a generation and the snapshot it was made from. */
export function scoreRecord(
  snapshot: ClusterSnapshot,
  generation: Pick<GenerationHead, 'generated_at' | 'count' | 'summary'>,
  config: PenaltyConfig,
): ScoreRecord {
  const online = Object.values(snapshot.nodes).filter(({ status }) => status === 'online');
  return {
    at: Date.parse(generation.generated_at),
    health: online.length === 0 ? null : generation.summary.cluster_health,
    count: generation.count,
    nodes: Object.fromEntries(
      online.map((node) => {
        const { current_cpu: cpu, current_mem: mem } = node.metrics;
        return [node.name, [rounded(healthScore(node, config)), rounded(cpu), rounded(mem)]];
      }),
    ),
  };
}

export const encodeRecord = ({ at, health, count, nodes }: ScoreRecord): string =>
  JSON.stringify([at, health, count, nodes]);

export function decodeRecord(text: string): ScoreRecord {
  const [at, health, count, nodes] = JSON.parse(text) as [number, number | null, number, Record<string, NodeReading>];
  return { at, health, count, nodes };
}

const rounded = (value: number): number => Math.round(100 * value) / 100;
