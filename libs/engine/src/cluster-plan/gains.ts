import type { MoveGain } from '@proxbalance/contracts';
import { roundTo } from '../numbers.ts';
import type { PlacementProblem, PlacementRule } from '../placement/model.ts';
import { isEmptied } from '../placement/snapshot-nodes.ts';
import { counted, cpuTerm, deviationOf, loadsOf, memTerm } from './figures.ts';
import { nowhereNode } from './new-guests.ts';

/** What the move of one guest is good for. */
export type Gains = (guest: number) => { inPlan: MoveGain; alone: MoveGain };

/** `start` and `end`: on which node each guest is before and after all moves. */
export const openGains = (problem: PlacementProblem, start: readonly number[], end: readonly number[]): Gains => {
  const rulesOf = rulesByGuest(problem);
  const [before, after] = [openPlacement(problem, start), openPlacement(problem, end)];
  return (guest) => {
    const [from, to] = [start[guest] ?? 0, end[guest] ?? 0];
    const rules = rulesOf.get(guest) ?? [];
    const alone = before(guest, to);
    // Taken back from where all moves lead, a move shows what the others cannot make up for.
    const back = after(guest, from);
    const repairs = (without: readonly number[], withIt: readonly number[], isTooFull: boolean) => [
      ...(isToBeEmpty(problem, from) ? [leaving(nameOf(problem, from))] : []),
      ...rules.filter((rule) => excessOf(rule, withIt) < excessOf(rule, without)).map(({ rule: { name } }) => name),
      ...(isTooFull ? [`memory of ${nameOf(problem, from)}`] : []),
    ];
    return {
      alone: { ...lessBy(alone), repairs: repairs(start, alone.at, before.isTooFull(from)) },
      inPlan: { ...lessBy(back, -1), repairs: repairs(back.at, end, back.isTooFull) },
    };
  };
};

type Tried = { cpu: number; mem: number; at: number[]; isTooFull: boolean };

/** A placement in which one guest at a time is put elsewhere, to see what that changes. */
const openPlacement = (problem: PlacementProblem, at: readonly number[]) => {
  const claimed = problem.nodes.map(() => 0);
  for (const [g, n] of at.entries()) claimed[n] = (claimed[n] ?? 0) + memOf(problem, g);
  const tries = [cpuTerm, memTerm].map((t) => openTerm(problem, at, t));
  const isOver = (n: number, more: number) => (claimed[n] ?? 0) + more > (problem.nodes[n]?.memMib ?? 0);
  const attempt = (guest: number, to: number): Tried => {
    const from = at[guest] ?? 0;
    const moved = [...at];
    moved[guest] = to;
    const [cpu = 0, mem = 0] = tries.map((change) => change(guest, from, to));
    return { cpu, mem, at: moved, isTooFull: isOver(to, memOf(problem, guest)) };
  };
  return Object.assign(attempt, { isTooFull: (n: number) => isOver(n, 0) });
};

/** By how many points the deviation of one load changes when a guest goes elsewhere. */
const openTerm = (problem: PlacementProblem, at: readonly number[], t: number) => {
  const term = problem.policy.objective.terms[t];
  const loads = loadsOf(problem, at, t);
  const deviation = deviationOf(counted(problem, t, loads));
  return (guest: number, from: number, to: number): number => {
    const footprint = term?.footprints[guest] ?? 0;
    const other = [...loads];
    other[from] = (other[from] ?? 0) - footprint / (term?.capacities[from] ?? 1);
    other[to] = (other[to] ?? 0) + footprint / (term?.capacities[to] ?? 1);
    return deviationOf(counted(problem, t, other)) - deviation;
  };
};

const lessBy = ({ cpu, mem }: Tried, sign: 1 | -1 = 1) => ({
  cpu_deviation: noMinusZero(roundTo(-sign * cpu, 3)),
  mem_deviation: noMinusZero(roundTo(-sign * mem, 3)),
});

const noMinusZero = (value: number): number => (value === 0 ? 0 : value);

type KnownRule = { rule: PlacementRule; kind: 'together' | 'apart' };

const rulesByGuest = ({ affinity, antiAffinity }: PlacementProblem): Map<number, KnownRule[]> => {
  const lists = new Map<number, KnownRule[]>();
  const all = [
    ...affinity.map((rule): KnownRule => ({ rule, kind: 'together' })),
    ...antiAffinity.map((rule): KnownRule => ({ rule, kind: 'apart' })),
  ];
  for (const known of all)
    for (const guest of known.rule.members) {
      const list = lists.get(guest);
      if (list) list.push(known);
      else lists.set(guest, [known]);
    }
  return lists;
};

/** Nodes too many that a group is spread over, or members too many that share nodes. */
const excessOf = ({ rule: { members }, kind }: KnownRule, at: readonly number[]): number => {
  const nodes = new Set(members.map((guest) => at[guest]));
  return kind === 'together' ? nodes.size - 1 : members.length - nodes.size;
};

const leaving = (node: string): string => (node === nowhereNode ? 'having a place' : `emptying ${node}`);

const isToBeEmpty = ({ nodes }: PlacementProblem, n: number): boolean => isEmptied(nodes[n]?.duty);

const nameOf = ({ nodes }: PlacementProblem, n: number): string => nodes[n]?.id ?? '';

const memOf = ({ guests }: PlacementProblem, g: number): number => guests[g]?.memMib ?? 0;
