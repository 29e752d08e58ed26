import { type ClusterSnapshot, MakePlan, type Migration } from '@proxbalance/contracts';
import { answer } from '@proxbalance/service-kit';
import type { JudgeSettings } from '../judge.ts';
import { judgeSettings, movesOf } from '../judge-settings.ts';
import type { Planner } from '../thread/open-planner.ts';
import { checkRequest } from './check-request.ts';

type PlanAnswers = {
  /** The snapshot that is planned for; refuses when there is none */
  latest: () => ClusterSnapshot;
  settings: () => JudgeSettings;
  active: () => readonly Migration[];
  planner: Pick<Planner, 'plan'>;
};

/** Plans when somebody asks. It only answers: nothing is kept, told or done. */
export const answerPlan = ({ latest, settings, active, planner }: PlanAnswers) =>
  answer(MakePlan, async (request, { signal }) => {
    const snapshot = latest();
    checkRequest(snapshot, request);
    const around = { settings: judgeSettings(settings()), active: movesOf(active()) };
    return await planner.plan({ snapshot, request, ...around }, signal);
  });
