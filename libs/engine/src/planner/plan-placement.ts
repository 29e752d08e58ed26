import type { PlacementProblem, PlacementStep } from '../placement/model.ts';
import { contradictionOf, rulesAlonePermit } from './contradiction.ts';
import { findPlacement } from './find-placement.ts';
import { lowerBound } from './lower-bound.ts';
import { endOf, type Routes, routesOf } from './routes.ts';
import { forbid, type Tables, tablesOf } from './tables.ts';

export type PlanOptions = {
  /** The same problem, seed and limit give the same plan where there is time enough */
  readonly seed: number;
  readonly timeLimitMs: number;
  /** A clock in milliseconds, from any beginning */
  readonly now: () => number;
  /** Asked now and then; true ends the search with the best plan so far */
  readonly cancelled?: () => boolean;
};

export type PlacementPlan = {
  /**
   * `ok`: the steps lead to a placement that keeps every hard rule. `no-change`: the present one is the best found.
   * `infeasible`: none is permitted, or none can be reached. `rule-conflict`: none would be permitted whatever the room.
   */
  readonly status: 'ok' | 'no-change' | 'infeasible' | 'rule-conflict';
  readonly steps: readonly PlacementStep[];
  /** By guest the node it ends on: where it is now if there is no plan */
  readonly end: readonly number[];
  /** Of the placement at the end; null where none was found */
  readonly objective: number | null;
  /** No plan can have an objective below this */
  readonly bound: number;
  /** The objective is the least there is; or it is certain that there is no plan */
  readonly proven: boolean;
  /** Guests that can't be anywhere, or can't get where they should; empty if it is nobody in particular */
  readonly blockers: readonly number[];
  /** How much was looked at */
  readonly changes: number;
};

/** Placements looked for, each time without what could not be reached before. */
const mostAttempts = 12;

/** The best placement found that can be reached from the present one, and the steps that lead there. */
export const planPlacement = (problem: PlacementProblem, options: PlanOptions): PlacementPlan => {
  const tables = tablesOf(problem);
  const nothing = { steps: [], end: problem.guests.map(({ node }) => node), objective: null, blockers: [], changes: 0 };
  const contradiction = contradictionOf(problem, tables);
  if (contradiction) return { ...nothing, bound: Number.POSITIVE_INFINITY, proven: true, ...contradiction };
  const bound = lowerBound(tables);
  const routes = routesOf(tables);
  const { blockers, proven, changes } = searchReachable(tables, routes, bound, options);
  const { best } = routes;
  if (!best) {
    const status = rulesAlonePermit(problem) ? 'infeasible' : 'rule-conflict';
    return { ...nothing, status, bound, proven, blockers, changes };
  }
  const { steps, objective } = best;
  const status = steps.length > 0 ? 'ok' : 'no-change';
  const end = [...endOf(tables, best.at)];
  return { status, steps, end, objective, bound: proven ? objective : bound, proven, blockers: [], changes };
};

type Searched = Pick<PlacementPlan, 'blockers' | 'proven' | 'changes'>;

/** Looks for placements until one can be reached, each time without what could not be reached before. */
const searchReachable = (tables: Tables, routes: Routes, bound: number, options: PlanOptions): Searched => {
  const clock = clockOf(options);
  let changes = 0;
  let blockers: readonly number[] = [];
  for (let attempt = 0; attempt < mostAttempts && (attempt === 0 || clock() < 1); attempt++) {
    const share = attempt === 0 ? 0.9 : 0.5;
    const most = share * (1 - clock()) * options.timeLimitMs * changesPerMs(tables);
    const reachable = (at: Int32Array) => routes.to(at).length === 0;
    const limits = { seed: options.seed + attempt, changes: most, clock: partOf(clock, share), bound, reachable };
    const found = findPlacement(tables, limits);
    changes += found.changes;
    const proven = found.proven && attempt === 0 && !routes.doubtful();
    if (found.best.objective === Number.POSITIVE_INFINITY) return { blockers, proven, changes };
    blockers = routes.to(found.best.at);
    if (blockers.length === 0) return { blockers, proven, changes };
    for (const g of blockers) forbid(tables, tables.unitOf[g] ?? 0, found.best.at[tables.unitOf[g] ?? 0] ?? 0);
  }
  return { blockers, proven: false, changes };
};

/** How much of the time is gone, from 0 to 1; called off counts as all of it. */
const clockOf = ({ now, timeLimitMs, cancelled }: PlanOptions) => {
  const begun = now();
  return () => (cancelled?.() ? 1 : Math.min(1, (now() - begun) / timeLimitMs));
};

/** The clock of somebody who may take a share of what is left. */
const partOf = (clock: () => number, share: number) => {
  const begun = clock();
  return () => {
    const at = clock();
    return at >= 1 ? 1 : Math.min(1, (at - begun) / ((1 - begun) * share));
  };
};

/** Changes that a machine of today weighs in a millisecond; on a slower one the clock ends it. */
const changesPerMs = ({ termCount }: Tables): number => 1800 / (1 + 0.15 * Math.max(0, termCount - 1));
