import { ClusterPlan } from './cluster-plan.ts';
import { rpc } from './kit/rpc.ts';
import { PlanRequest, planTimeLimitUsualMs } from './plan-request.ts';

/** How long a plan may wait for others before it, milliseconds. */
export const planWaitMaxMs = 10_000;

/** How long a plan may take beyond its time limit: reading the cluster, starting and checking, explaining what cannot be. */
export const planOverheadMaxMs = 15_000;

const answerTravelsMs = 3000;

/** How long whoever asks for a plan waits, milliseconds: longer than it can take. */
export const planPatienceMs = (timeLimitMs: number): number =>
  timeLimitMs + planWaitMaxMs + planOverheadMaxMs + answerTravelsMs;

export const MakePlan = rpc('recommender.plan', {
  summary:
    'What would be best for the cluster, or for what it might become; checked by a verifier, and nothing is done',
  request: PlanRequest,
  reply: ClusterPlan,
  errors: [
    'invalid-input',
    'node-not-found',
    'guest-not-found',
    'conflict',
    'too-many-requests',
    'no-snapshot',
    'service-unavailable',
    'internal',
  ],
  // For the usual time limit; who asks with another one waits as long as that takes.
  timeoutMs: planPatienceMs(planTimeLimitUsualMs),
});
