import type { ClusterPlan } from '@proxbalance/contracts';
import { roundTo } from '../numbers.ts';
import type { Violation } from '../verify/certificate.ts';
import { planRules } from '../verify/registry.ts';
import { verifyPlan } from '../verify/verify-plan.ts';
import { describeMoves, describeSteps, type Plan } from './describe-moves.ts';
import { figuresOf } from './figures.ts';

/** The verifier found a plan to violate what it has to keep: it is nobody's to see. */
export class UncertifiedPlanError extends Error {
  readonly violations: readonly Violation[];

  constructor(violations: readonly Violation[]) {
    super(`a plan was made that is not certified: ${violations.map(({ message }) => message).join('; ')}`);
    this.name = 'UncertifiedPlanError';
    this.violations = violations;
  }
}

type Certified = Pick<
  ClusterPlan,
  'after' | 'moves' | 'steps' | 'ram_bytes' | 'disk_bytes' | 'est_duration_minutes' | 'certificate'
>;

/**
 * A plan in words and numbers, and on which node each guest ends. It is replayed first, against the cluster as it was read: one
 * that is not certified throws. `complete`: it keeps every rule in the end; otherwise none may be broken more than it is.
 */
export const certify = (plan: Plan, complete: boolean): { told: Certified; end: readonly number[] } => {
  const { read, steps } = plan;
  const certificate = verifyPlan(read.problem, steps, { complete });
  if (!certificate.certified) throw new UncertifiedPlanError(certificate.violations);
  const { placement: end } = certificate;
  const moves = describeMoves(plan, end);
  const described = describeSteps(plan);
  const told: Certified = {
    after: figuresOf(read.problem, end),
    moves,
    steps: described,
    ram_bytes: sum(moves.map(({ ram_bytes }) => ram_bytes)),
    disk_bytes: sum(moves.map(({ disk_bytes }) => disk_bytes)),
    est_duration_minutes: roundTo(sum(described.map(({ est_duration_minutes }) => est_duration_minutes)), 1),
    certificate: {
      certified: true,
      rules_checked: planRules.map(({ summary }) => summary),
      moves: certificate.moves,
      stopovers: certificate.hops,
    },
  };
  return { told, end };
};

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
