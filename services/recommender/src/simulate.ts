import {
  type ClusterSnapshot,
  type Generation,
  type Migration,
  type NodeScores,
  type Simulate,
  type Simulation,
  withPenalties,
} from '@proxbalance/contracts';
import { roundTo, scoreNodes } from '@proxbalance/engine';
import type { z } from 'zod';
import { changesBetween } from './compare-generations.ts';
import { judgeSettings, movesOf } from './generations.ts';
import { type JudgeInput, type JudgeSettings, judgementParameters } from './judge.ts';
import type { PastReader } from './past.ts';

export type SimulateDeps = {
  judge: { judge(input: Omit<JudgeInput, 'now'>): Promise<Generation> };
  past: Pick<PastReader, 'read'>;
  settings: () => JudgeSettings;
  active: () => readonly Migration[];
};

/**
 * Judges a snapshot twice, with the saved penalties and with others laid over them, as generations are judged, and says what
 * differs. Nothing is kept or told.
 */
export const simulate =
  ({ judge, past, settings, active }: SimulateDeps) =>
  async (snapshot: ClusterSnapshot, wishes: z.output<typeof Simulate.request>): Promise<Simulation> => {
    const { config: patch, ...asked } = wishes;
    const saved = judgeSettings(settings());
    const tried = { ...saved, penalty_scoring: withPenalties(saved.penalty_scoring, patch, 'config') };
    const { thresholds } = judgementParameters(snapshot, saved, asked);
    const moves = movesOf(active());
    const { trends, profiles } = await past.read(thresholds);
    const judged = (by: JudgeSettings) =>
      judge.judge({ snapshot, settings: by, wishes: asked, active: moves, trends, profiles, previous: null });
    // A node that is being emptied has a load, and a score, all the same.
    const scores = ({ penalty_scoring: config }: JudgeSettings) =>
      scoreNodes({ snapshot, thresholds, config, maintenanceNodes: [], trends });
    const [current, proposed] = [await judged(saved), await judged(tried)];
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
