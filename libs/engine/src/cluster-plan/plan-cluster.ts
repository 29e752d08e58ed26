import type { ClusterPlan, PlanRequest, SkippedGuest } from '@proxbalance/contracts';
import { readSnapshot, type SnapshotInput, type SnapshotProblem } from '../placement/read-snapshot.ts';
import type { ReadGuest } from '../placement/snapshot-guests.ts';
import { figuresOf } from './figures.ts';
import { attemptsAt, isBalanceWanted, scopeOf } from './goal.ts';
import { withNewGuests } from './new-guests.ts';
import { overridden } from './overrides.ts';
import { search } from './search.ts';
import { explain, type Told } from './sentences.ts';

export type PlanClusterInput = Pick<
  SnapshotInput,
  'snapshot' | 'thresholds' | 'config' | 'maintenanceNodes' | 'inFlight' | 'respectAffinity' | 'limits'
> & {
  request: PlanRequest;
  /** A clock in milliseconds, from any beginning */
  now: () => number;
};

/** A plan without what only whoever took the snapshot knows. */
export type PlannedCluster = Omit<ClusterPlan, 'snapshot_id' | 'snapshot_collected_at' | 'snapshot_age_seconds'>;

/** Nothing may be moved at all, whatever is wanted. */
export class StandstillError extends Error {}

/**
 * What would be best for a cluster, or for what it might become. Nothing is done. A plan is replayed by the verifier before it is
 * told: one that is not certified throws an `UncertifiedPlanError`. Names that are not in the snapshot change nothing.
 */
export const planCluster = (input: PlanClusterInput): PlannedCluster => {
  const { request, now } = input;
  const begun = now();
  const scope = scopeOf(request, input.maintenanceNodes);
  const read = readSnapshot(snapshotInput(input, scope));
  if (read.halt !== null) throw new StandstillError(read.halt);
  const spares = scope.sparesOthers === true;
  const attempts = attemptsAt(read, request, spares);
  const timeLimitMs = Math.max(20, request.time_limit_ms - (now() - begun));
  const question = { read, attempts, failedNodes: new Set(scope.failedNodes) };
  const told: Told = {
    goal: request.goal,
    before: figuresOf(
      read.problem,
      read.problem.guests.map(({ node }) => node),
    ),
    ...search(question, { seed: request.seed, timeLimitMs, now }),
    ...remarksOf(read),
    seed: request.seed,
  };
  const explanation = explain(told, {
    isBalanceWanted: isBalanceWanted(request, read, spares),
    sparesOthers: spares,
  });
  return { ...told, explanation, planning_ms: Math.round(now() - begun) };
};

const snapshotInput = (
  { request, now: _, ...given }: PlanClusterInput,
  scope: ReturnType<typeof scopeOf>,
): SnapshotInput => {
  const { overrides = {}, guests = [], max_moves } = request;
  return {
    ...given,
    ...scope,
    snapshot: withNewGuests(overridden(given.snapshot, overrides), guests),
    policy: overrides.policy,
    droppedRules: overrides.drop_rules,
    maxMoves: max_moves,
  };
};

const remarksOf = ({ leftBehind, guests, unrepairable, claims }: SnapshotProblem) => {
  const staying: Record<string, number> = {};
  for (const { refused } of guests) if (refused) staying[refused.reason] = (staying[refused.reason] ?? 0) + 1;
  return {
    left_behind: leftBehind.flatMap(toldStay),
    unrepairable: unrepairable.map((one) => ({ ...one })),
    staying,
    memory: claims,
  };
};

const toldStay = ({ guest: { vmid, name, type, node }, refused }: ReadGuest): SkippedGuest[] =>
  refused ? [{ vmid, name, type, node, ...refused }] : [];
