import type { PlacementProblem, PlacementStep } from '../placement/model.ts';
import type { SnapshotProblem } from '../placement/read-snapshot.ts';
import { type PlacementPlan, planPlacement } from '../planner/plan-placement.ts';
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

/** How long a plan for less may take on top, milliseconds. */
const lessMaxMs = 5000;

/** The best plan found, certified; where not everything can be had, why, and the best that leaves nothing worse than it is. */
export const search = (question: Question, limits: Limits) => {
  const { read, attempts } = question;
  const { problem, plan } = firstSolved(attempts, limits);
  const { problem: rules } = read;
  if (!isRefused(plan)) {
    const isPartial = read.leftBehind.length + read.unrepairable.length > 0;
    return { ...nothing, ...toldPlan(question, { problem, rules, isPartial, ...plan }) };
  }
  const why = whyNot(rules);
  if ('steps' in why) return { ...nothing, ...toldPlan(question, { problem, rules, ...unproven, ...why }) };
  const timeLimitMs = Math.min(lessMaxMs, limits.timeLimitMs / 2);
  return { ...nothing, ...why.refusal, ...planForLess(question, problem, { ...limits, timeLimitMs }) };
};

const planForLess = (question: Question, problem: PlacementProblem, limits: Limits) => {
  const [less, rules] = [noWorse(problem), noWorse(question.read.problem)];
  if (!less || !rules) return {};
  const plan = planPlacement(less, limits);
  return isRefused(plan)
    ? {}
    : toldPlan(question, { problem: less, rules, steps: plan.steps, ...unproven, isPartial: true });
};

const unproven = { bound: Number.NEGATIVE_INFINITY, proven: false, isPartial: false };

type Found = {
  /** What it solves, and what it has to keep */
  problem: PlacementProblem;
  rules: PlacementProblem;
  steps: readonly PlacementStep[];
  bound: number;
  proven: boolean;
  isPartial: boolean;
};

const toldPlan = ({ read, failedNodes }: Question, { problem, rules, steps, bound, proven, isPartial }: Found) => {
  const { told, end } = certify({ read, problem, steps, failedNodes }, rules);
  const status = isPartial ? 'partial' : told.moves.length > 0 ? 'ok' : 'no-change';
  return { ...told, status, objective: objectiveOf(problem, { end, bound, proven }) } as const;
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
