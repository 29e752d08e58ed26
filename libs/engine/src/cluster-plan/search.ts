import type { PlacementProblem } from '../placement/model.ts';
import type { SnapshotProblem } from '../placement/read-snapshot.ts';
import { type PlacementPlan, planPlacement } from '../planner/plan-placement.ts';
import { verifyPlan } from '../verify/verify-plan.ts';
import { certify } from './certify.ts';
import { noWorse } from './no-worse.ts';
import { objectiveOf } from './objective.ts';
import { whyNot } from './why-not.ts';

export type Question = {
  readonly read: SnapshotProblem;
  /** The one to solve first, and what to try where that has no solution */
  readonly attempts: readonly [PlacementProblem, ...PlacementProblem[]];
  readonly failedNodes: ReadonlySet<string>;
};

type Limits = { readonly seed: number; readonly timeLimitMs: number; readonly now: () => number };

/** How long each plan for less may take on top, milliseconds. */
const lessMaxMs = 3000;

/** The best plan found, certified; where not everything can be had, why, and the best that leaves nothing worse than it is. */
export const search = (question: Question, limits: Limits) => {
  const { read, attempts } = question;
  const { problem, plan } = firstSolved(attempts, limits);
  const isPartial = read.leftBehind.length + read.unrepairable.length > 0;
  if (!isRefused(plan)) return { ...nothing, ...toldPlan(question, { problem, ...plan, isPartial }) };
  const why = whyNot(read.problem);
  if ('steps' in why) return { ...nothing, ...toldPlan(question, { problem, ...unproven, ...why, isPartial }) };
  const timeLimitMs = Math.min(lessMaxMs, limits.timeLimitMs / 2);
  return { ...nothing, ...why.refusal, ...planForLess(question, problem, { ...limits, timeLimitMs }) };
};

/** The planner weighs broken rules against each other; that none of them is broken more than now is for the verifier to say. */
const planForLess = (question: Question, problem: PlacementProblem, limits: Limits) => {
  for (const less of noWorse(problem)) {
    const plan = planPlacement(less, limits);
    const { steps } = plan;
    if (isRefused(plan) || !verifyPlan(question.read.problem, steps, { complete: false }).certified) continue;
    return toldPlan(question, { problem: less, steps, ...unproven, isPartial: true, isLess: true });
  }
  return {};
};

const unproven = { bound: Number.NEGATIVE_INFINITY, proven: false };

type Found = Pick<PlacementPlan, 'steps' | 'bound' | 'proven'> & {
  /** What it solves */
  problem: PlacementProblem;
  isPartial: boolean;
  /** It leaves rules broken that are broken now */
  isLess?: boolean;
};

const toldPlan = ({ read, failedNodes }: Question, found: Found) => {
  const { problem, steps, isPartial, isLess = false } = found;
  const { told, end } = certify({ read, problem, steps, failedNodes }, !isLess);
  const status = isPartial ? 'partial' : told.moves.length > 0 ? 'ok' : 'no-change';
  return { ...told, status, objective: objectiveOf(problem, { ...found, end }) } as const;
};

/** Each but the last may take half of the time there is. */
const firstSolved = ([problem, ...others]: Question['attempts'], { seed, timeLimitMs, now }: Limits) => {
  const begun = now();
  const [next, ...rest] = others;
  const plan = planPlacement(problem, { seed, timeLimitMs: next ? timeLimitMs / 2 : timeLimitMs, now });
  if (!next || !isRefused(plan)) return { problem, plan };
  return firstSolved([next, ...rest], { seed, timeLimitMs: Math.max(20, timeLimitMs - (now() - begun)), now });
};

const isRefused = ({ status }: PlacementPlan): boolean => status === 'infeasible' || status === 'rule-conflict';

const nothing = {
  after: null,
  moves: [],
  steps: [],
  ram_bytes: 0,
  disk_bytes: 0,
  est_duration_minutes: 0,
  objective: null,
  certificate: null,
  conflicts: [],
  relaxations: [],
};
