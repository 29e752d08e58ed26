import { type ClusterPlan, type ClusterSnapshot, type PlanRequest, RefusedError } from '@proxbalance/contracts';
import { planCluster, StandstillError } from '@proxbalance/engine';
import { type JudgeInput, type JudgeSettings, judgementParameters, moveSettings } from '../judge.ts';

export type PlanInput = {
  snapshot: ClusterSnapshot;
  request: PlanRequest;
  settings: JudgeSettings;
  /** Moves that were accepted and have not ended. */
  active: JudgeInput['active'];
};

type Clocks = { now: () => Date; elapsed: () => number };

/** One plan from one snapshot. The planning itself is the engine's. */
export function makePlan({ snapshot, request, settings, active }: PlanInput, { now, elapsed }: Clocks): ClusterPlan {
  const { distribution: _, safety: __, ...moves } = moveSettings(settings);
  try {
    const plan = planCluster({
      snapshot,
      request,
      ...judgementParameters(snapshot, settings, {}),
      config: settings.penalty_scoring,
      inFlight: active,
      ...moves,
      now: elapsed,
    });
    return { ...plan, ...madeFrom(snapshot, now) };
  } catch (error) {
    if (error instanceof StandstillError) throw new RefusedError('conflict', error.message);
    throw error;
  }
}

const madeFrom = ({ snapshot_id, collected_at }: ClusterSnapshot, now: () => Date) => ({
  snapshot_id,
  snapshot_collected_at: collected_at,
  snapshot_age_seconds: Math.max(0, Math.round((now().getTime() - Date.parse(collected_at)) / 1000)),
});
