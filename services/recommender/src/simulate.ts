import {
  type ClusterSnapshot,
  type Generation,
  type NodeScores,
  type Simulate,
  type Simulation,
  withPenalties,
} from '@proxbalance/contracts';
import { roundTo, scoreNodes } from '@proxbalance/engine';
import type { z } from 'zod';
import { changesBetween } from './compare-generations.ts';
import type { Generations } from './generations.ts';
import { type JudgeSettings, judgementParameters } from './judge.ts';
import type { PastReader } from './past.ts';

export type SimulateDeps = {
  generations: Pick<Generations, 'tried'>;
  past: Pick<PastReader, 'last'>;
  settings: () => JudgeSettings;
};

/**
 * Judges a snapshot with the saved penalties and with others laid over them, as generations are judged, and says what
 * differs. Nothing is kept or told.
 */
export const simulate =
  ({ generations, past, settings }: SimulateDeps) =>
  async (snapshot: ClusterSnapshot, wishes: z.output<typeof Simulate.request>): Promise<Simulation> => {
    const { config: patch, ...asked } = wishes;
    const saved = settings();
    const tried = { ...saved, penalty_scoring: withPenalties(saved.penalty_scoring, patch, 'config') };
    const judged = await generations.tried(snapshot, asked, [saved, tried]);
    const [current, proposed] = (await Promise.all(judged.map((one) => one.whole()))) as [Generation, Generation];
    const { thresholds } = judgementParameters(snapshot, saved, asked);
    // A node that is being emptied has a load, and a score, all the same.
    const scores = ({ penalty_scoring: config }: JudgeSettings) =>
      scoreNodes({ snapshot, thresholds, config, maintenanceNodes: [], trends: past.last().trends });
    const changes = changesBetween(current, proposed);
    return {
      current_count: current.count,
      proposed_count: proposed.count,
      unchanged: current.count - changes.filter(({ old_target }) => old_target !== null).length,
      changes,
      node_score_comparison: compareScores(scores(saved), scores(tried)),
      proposed_config: tried.penalty_scoring,
      parameters: current.parameters,
      snapshot_id: current.snapshot_id,
      snapshot_collected_at: current.snapshot_collected_at,
    };
  };

/** Nodes that are up, by name; the others have no score. */
function compareScores(current: NodeScores, proposed: NodeScores): Simulation['node_score_comparison'] {
  const up = Object.entries(current).filter(([, score]) => 'components' in score);
  return Object.fromEntries(
    up.map(([name, { score: before }]) => {
      const after = proposed[name]?.score ?? before;
      return [name, { current: before, proposed: after, delta: roundTo(after - before, 2) }];
    }),
  );
}
