import type { Guest, PlanPolicy } from '@proxbalance/contracts';
import { type Problem, placedGuests, problemOf, type RecommendInput } from '../recommend/problem.ts';
import { standstill } from '../recommend/summary.ts';
import { isConverged } from '../state/pressure.ts';
import type { PlacementNode, PlacementProblem } from './model.ts';
import { openAllowed, openAllowedForNew } from './snapshot-allowed.ts';
import { placementGuest, type ReadGuest, readGuests } from './snapshot-guests.ts';
import {
  claimsThatFit,
  type Duty,
  dutyOf,
  isEmptied,
  placementNode,
  type ReadNode,
  readNode,
} from './snapshot-nodes.ts';
import { snapshotObjective } from './snapshot-objective.ts';
import { relaxAll, type Unrepairable } from './snapshot-relax.ts';
import { type NamedRule, rulesOf, strictNodes } from './snapshot-rules.ts';
import type { Claims } from './snapshot-sizes.ts';

export type SnapshotInput = Pick<
  RecommendInput,
  'snapshot' | 'thresholds' | 'config' | 'maintenanceNodes' | 'inFlight' | 'respectAffinity' | 'limits'
> & {
  policy?: PlanPolicy | undefined;
  /** Nodes to empty because somebody asks, like those in maintenance */
  drainedNodes?: readonly string[] | undefined;
  /** Nodes that are gone: what ran there is started elsewhere, where its disks allow it */
  failedNodes?: readonly string[] | undefined;
  /** Rules that do not count, by name */
  droppedRules?: readonly string[] | undefined;
  /** A node that is none: guests on it do not exist yet and are to get a place */
  nowhere?: string | undefined;
  /** Nodes that take nobody and keep whom they have */
  closedNodes?: readonly string[] | undefined;
  /** Others move only to make room for whom it is about: rules and limits broken among them stay as they are */
  sparesOthers?: boolean | undefined;
  maxMoves?: number | undefined;
};

/** A cluster as a problem, with what the model has no words for. Nodes and guests are in the order of the problem. */
export type SnapshotProblem = {
  readonly problem: PlacementProblem;
  readonly nodes: readonly ReadNode[];
  readonly guests: readonly ReadGuest[];
  /** Guests that cannot leave a node that is to be emptied. The problem does without them */
  readonly leftBehind: readonly ReadGuest[];
  readonly unrepairable: readonly Unrepairable[];
  readonly claims: Claims;
  /** No node is above a threshold, and their loads are close */
  readonly isInBalance: boolean;
  /** Why nothing may be moved at all; null: it may */
  readonly halt: string | null;
};

/**
 * A snapshot as the model. Nothing that is not known is acted upon: a guest that a filter refuses is fixed, a node whose state is
 * not known is closed. What no plan could repair — rules broken by guests that cannot move, nodes such guests cannot leave — is
 * taken out and told apart, so that it stands in nobody else's way.
 */
export const readSnapshot = (input: SnapshotInput): SnapshotProblem => {
  const { snapshot, policy = {}, failedNodes = [], maintenanceNodes, nowhere } = input;
  const drained = new Set([...(input.drainedNodes ?? []), ...failedNodes, ...(nowhere === undefined ? [] : [nowhere])]);
  const judgement = problemOf({ ...input, maintenanceNodes: [...new Set([...maintenanceNodes, ...drained])] });
  const rules = rulesOf(snapshot, {
    respectAffinity: input.respectAffinity ?? true,
    dropped: new Set(input.droppedRules),
  });
  const { nodes: states } = judgement.state;
  const closed = new Set(input.closedNodes);
  const duties = states.map((state) => (closed.has(state.name) ? 'closed' : dutyOf(state, drained.has(state.name))));
  const all = guestsOf(input, judgement, { rules, duties });
  const measured = Map.groupBy(all, ({ measuredOn }) => measuredOn);
  const nodes = states.map((state, n) =>
    readNode(state, { duty: duties[n] ?? 'closed', there: (measured.get(n) ?? []).map(guestIn) }, policy),
  );
  const isLeft = ({ node, refused }: ReadGuest) => refused !== null && states[node]?.maintenance === true;
  const guests = all.filter((one) => !isLeft(one));
  const claims = policy.memory ?? claimsThatFit(nodes, guests, nowhere);
  const staysPut = ({ node, refused }: ReadGuest) =>
    refused !== null || (input.sparesOthers === true && !isEmptied(nodes[node]?.duty));
  const { affinity, antiAffinity, unrepairable } = relaxAll(rules, guests, nodes, staysPut);
  const halt = standstill(judgement);
  return {
    problem: {
      nodes: placementNodes(nodes, guests, claims, staysPut),
      guests: guests.map((one) => placementGuest(one, claims)),
      affinity,
      antiAffinity,
      policy: {
        objective: snapshotObjective(nodes, guests.map(guestIn), policy),
        maxNodeInflow: input.limits?.per_target ?? null,
        maxParallel: input.limits?.cluster ?? null,
        maxMoves: input.maxMoves ?? null,
      },
    },
    nodes,
    guests,
    leftBehind: all.filter(isLeft),
    unrepairable: input.sparesOthers ? [] : unrepairable,
    claims,
    isInBalance: isConverged(judgement),
    halt: halt?.binding ? halt.message : null,
  };
};

const guestIn = ({ guest }: ReadGuest) => guest;

const guestsOf = (
  input: SnapshotInput,
  judgement: Problem,
  known: { rules: readonly NamedRule[]; duties: readonly Duty[] },
): ReadGuest[] => {
  const { placed } = placedGuests(judgement);
  const where = { nodes: judgement.state.nodes, hasUnseenGuests: input.snapshot.unknown.includes('guests') };
  const isNew = (guest: Guest) => guest.node === input.nowhere;
  const newcomers = placed.flatMap(({ guest }) => (isNew(guest) ? [guest] : []));
  const [existing, fresh] = [openAllowed(where), openAllowedForNew(where, newcomers)];
  return readGuests(placed, {
    judgement,
    inFlight: input.inFlight ?? [],
    failed: new Set(input.failedNodes),
    nowhere: input.nowhere,
    ...known,
    strict: strictNodes(input.snapshot, new Set(input.droppedRules)),
    mayBeOn: (guest, home) => (isNew(guest) ? fresh : existing)(guest, home),
  });
};

const placementNodes = (
  nodes: readonly ReadNode[],
  guests: readonly ReadGuest[],
  claims: Claims,
  staysPut: (one: ReadGuest) => boolean,
): PlacementNode[] => {
  const own = Map.groupBy(guests, ({ node }) => node);
  const onTheirWay = guests.filter(({ node, measuredOn }) => node !== measuredOn);
  return nodes.map((node, n) => {
    const leaving = onTheirWay.filter(({ measuredOn }) => measuredOn === n).map(guestIn);
    const here = own.get(n) ?? [];
    return placementNode(
      node,
      { own: here.map(guestIn), staying: here.filter(staysPut).map(guestIn), leaving },
      claims,
    );
  });
};
