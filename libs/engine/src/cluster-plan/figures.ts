import type { BrokenRule, PlanFigures } from '@proxbalance/contracts';
import { roundTo } from '../numbers.ts';
import type { PlacementProblem } from '../placement/model.ts';
import { brokenIn } from '../verify/verify-plan.ts';
import { nowhereNode } from './new-guests.ts';

/** Terms of the objective that a snapshot is read into. */
export const cpuTerm = 0;
export const memTerm = 1;

/** The cluster with its guests on these nodes, in numbers. */
export const figuresOf = (problem: PlacementProblem, at: readonly number[]): PlanFigures => {
  const [cpu, mem] = [loadsOf(problem, at, cpuTerm), loadsOf(problem, at, memTerm)];
  const claimed = problem.nodes.map(() => 0);
  const guests = problem.nodes.map(() => 0);
  for (const [g, n] of at.entries()) {
    claimed[n] = (claimed[n] ?? 0) + (problem.guests[g]?.memMib ?? 0);
    guests[n] = (guests[n] ?? 0) + 1;
  }
  const nodes = problem.nodes.flatMap(({ id, memMib, duty }, n) => {
    if (id === nowhereNode) return [];
    const figures = {
      cpu: roundTo(cpu[n] ?? 0, 2),
      mem: roundTo(mem[n] ?? 0, 2),
      mem_claimed: memMib > 0 ? roundTo((100 * (claimed[n] ?? 0)) / memMib, 2) : 0,
      guests: guests[n] ?? 0,
      counts: duty === 'serves',
    };
    return [[id, figures] as const];
  });
  return {
    nodes: Object.fromEntries(nodes),
    cpu: evenness(counted(problem, cpuTerm, cpu)),
    mem: evenness(counted(problem, memTerm, mem)),
    broken: brokenIn(problem, at).filter(isTold).map(toldAs),
  };
};

/** Loads of all nodes, percent. */
export const loadsOf = ({ nodes, policy }: PlacementProblem, at: readonly number[], t: number): number[] => {
  const term = policy.objective.terms[t];
  if (!term) return nodes.map(() => 0);
  const sums = [...term.bases];
  for (const [g, n] of at.entries()) sums[n] = (sums[n] ?? 0) + (term.footprints[g] ?? 0);
  return sums.map((sum, n) => sum / (term.capacities[n] ?? 1));
};

/** Loads of the nodes that count. */
export const counted = ({ policy }: PlacementProblem, t: number, loads: readonly number[]): number[] =>
  loads.filter((_, n) => policy.objective.terms[t]?.counted[n]);

/** Standard deviation of all values; 0 of none. */
export const deviationOf = (values: readonly number[]): number => {
  if (values.length === 0) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
};

/** The highest less the lowest; 0 of none. */
export const spreadOf = (values: readonly number[]): number =>
  values.length === 0 ? 0 : Math.max(...values) - Math.min(...values);

const evenness = (loads: readonly number[]): PlanFigures['cpu'] => {
  if (loads.length === 0) return { highest: 0, spread: 0, deviation: 0 };
  return {
    highest: roundTo(Math.max(...loads), 2),
    spread: roundTo(spreadOf(loads), 2),
    deviation: roundTo(deviationOf(loads), 3),
  };
};

/** That new guests have no place yet is what is asked, not what is wrong. */
const isTold = ({ node }: { node?: string }) => node !== nowhereNode;

const toldAs = ({ excess: _, members, ...broken }: ReturnType<typeof brokenIn>[number]): BrokenRule => ({
  ...broken,
  ...(members ? { members: [...members] } : {}),
});
