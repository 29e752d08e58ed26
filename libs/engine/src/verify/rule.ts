import type { PlacementGuest, PlacementNode, PlacementProblem } from '../placement/model.ts';
import type { Broken, Violation, ViolationKind } from './certificate.ts';

/** A move whose guest and nodes are there, from where the guest really stands. */
export type RunningMove = {
  readonly guest: number;
  readonly from: number;
  readonly to: number;
  readonly hop: boolean;
};

/** What a node that receives something holds during a step: who stands there, those that leave included, and who arrives. */
export type Target = { readonly standing: readonly number[]; readonly arriving: readonly number[] };

/** A step while its moves run: both ends of each are occupied until all of them are over. */
export type RunningStep = {
  readonly problem: PlacementProblem;
  readonly step: number;
  /** Index of the node of each guest as the step begins */
  readonly at: readonly number[];
  readonly moves: readonly RunningMove[];
  /** By index of the node */
  readonly targets: ReadonlyMap<number, Target>;
  readonly groups: Groups;
};

/** Guests that Proxmox holds together: members of hard rules, those of rules with a member in common as one group. */
export type Groups = {
  /** Index of the group of each guest; null: it is in none */
  readonly of: readonly (number | null)[];
  readonly members: readonly (readonly number[])[];
};

/** A state in which nothing moves. */
export type RestingState = { readonly problem: PlacementProblem; readonly at: readonly number[] };

/** All moves of a plan in their order. */
export type Walk = {
  readonly problem: PlacementProblem;
  readonly steps: number;
  readonly moves: readonly RunningMove[];
};

/** A rule that plans have to keep: while a step runs, whenever nothing moves, or as a whole. */
export type PlanRule = {
  readonly name: string;
  readonly summary: string;
  readonly kinds: readonly ViolationKind[];
  readonly during?: (step: RunningStep) => Violation[];
  readonly atRest?: (state: RestingState) => Broken[];
  readonly overall?: (walk: Walk) => Violation[];
};

/** What has been looked up before cannot be missing; should it be, the plan is not judged on. */
export const guestOf = (problem: PlacementProblem, i: number): PlacementGuest => present(problem.guests[i], 'guest', i);
export const nodeOf = (problem: PlacementProblem, i: number): PlacementNode => present(problem.nodes[i], 'node', i);

export const idsOf = (problem: PlacementProblem, guests: readonly number[]): string[] =>
  guests.map((guest) => guestOf(problem, guest).id);

const present = <T>(thing: T | undefined, what: string, i: number): T => {
  if (thing === undefined) throw new RangeError(`the problem has no ${what} ${i}`);
  return thing;
};
