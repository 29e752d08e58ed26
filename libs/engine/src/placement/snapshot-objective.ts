import type { Guest, PlanPolicy } from '@proxbalance/contracts';
import type { BalanceTerm, PlacementNode, PlacementObjective } from './model.ts';
import { coresUsed, memUsed } from './snapshot-sizes.ts';

/** What one move must gain beside what it copies, and what each 256 MiB must: points of load on one node. */
const POINTS_PER_MOVE = 0.5;
const POINTS_PER_UNIT = 0.02;

/** Parts of a core and of a GiB that loads are told apart by. */
const FINENESS = 1024;

/** A node with what its host itself uses. */
export type MeasuredNode = {
  readonly duty: PlacementNode['duty'];
  readonly cores: number;
  readonly gib: number;
  readonly host: { readonly cores: number; readonly gib: number };
};

/**
 * CPU and memory in use, percent of the node, even over the nodes that serve: the points between the fullest and the emptiest of
 * them, times half their number. That makes a move worth the same in clusters of any size: about the points it takes off the one
 * node and spares the other. A move of 8 GiB must gain about one point.
 */
export const snapshotObjective = (
  nodes: readonly MeasuredNode[],
  guests: readonly Guest[],
  policy: PlanPolicy,
): PlacementObjective => {
  const { cpu_weight = 1, mem_weight = 1, move_cost = 1 } = policy;
  const serving = nodes.map(({ duty }) => duty === 'serves');
  // Whole numbers: sums of them are exact, whatever the order of the moves.
  const term = (name: string, weight: number, of: (guest: Guest) => number, unit: 'cores' | 'gib'): BalanceTerm => ({
    name,
    weight,
    footprints: guests.map((guest) => 100 * Math.round(FINENESS * of(guest))),
    bases: nodes.map(({ host }) => 100 * Math.round(FINENESS * host[unit])),
    capacities: nodes.map((node) => FINENESS * node[unit] || 1),
    counted: nodes.map((node, n) => serving[n] === true && node[unit] > 0),
  });
  return {
    terms: [term('cpu', cpu_weight, coresUsed, 'cores'), term('memory', mem_weight, memUsed, 'gib')],
    unevenness: 'gap',
    whole: false,
    balanceWeight: serving.filter(Boolean).length / 2,
    costWeight: POINTS_PER_UNIT * move_cost,
    moveWeight: POINTS_PER_MOVE * move_cost,
    softWeight: 0,
  };
};
