import { ClusterPlan } from '../cluster-plan.ts';
import { route } from '../kit/route.ts';
import { PlanRequest } from '../plan-request.ts';
import { ok } from './shapes.ts';

export const PostPlan = route('POST', '/api/plan', {
  tag: 'Recommendations',
  summary: 'Plan moves for a goal, or for a cluster that is otherwise; explained and verified, and nothing is done',
  role: 'operator',
  body: PlanRequest,
  reply: ok(ClusterPlan.shape),
  errors: [
    'node-not-found',
    'guest-not-found',
    'conflict',
    'too-many-requests',
    'no-snapshot',
    'service-unavailable',
    'broker-unavailable',
  ],
});
