import type { Placed } from '../filters/filter.ts';
import { atEase } from '../filters/guest/registry.ts';
import { affinity } from '../filters/target/affinity.ts';
import { targetFilters } from '../filters/target/registry.ts';
import { moveGuest, tentatively } from '../state/cluster-state.ts';
import type { NodeState } from '../state/node-state.ts';
import { isConverged, wouldBeBusy } from '../state/pressure.ts';
import { type ChosenMove, makeMove } from './make-move.ts';
import type { Problem } from './problem.ts';
import { offerTo, savingOf, weigh } from './score.ts';

/** Guests of one node that stay together. */
type Unit = readonly Placed[];
/** Where a unit goes, the one whose move brings most first. */
type Plan = { unit: Unit; inTurn: Unit; target: NodeState; saved: number };

/**
 * Affinity groups that leave a busy node as a whole, where no single guest could relieve it without tearing one apart. Each
 * guest passes the gates of every move in its turn, the target stays below its thresholds, the first move is a gain by itself,
 * and all of them together are one.
 */
export const moveGroups = (problem: Problem, guests: readonly Placed[]): ChosenMove[] => {
  if (!problem.respectAffinity) return [];
  const moves: ChosenMove[] = [];
  let units = unitsOf(guests, problem);
  while (units.length > 0 && !isConverged(problem)) {
    const plan = bestPlan(units, problem);
    if (!plan) return moves;
    moves.push(...carryOut(plan, problem));
    units = units.filter((unit) => unit !== plan.unit);
  }
  return moves;
};

const carryOut = ({ inTurn, target }: Plan, problem: Problem): ChosenMove[] => {
  const [leader] = inTurn;
  return inTurn.map((placed) => {
    if (!leader || placed === leader) return makeMove(offerTo(placed, target, 'load', problem), problem);
    const group = placed.guest.tags?.affinity_groups[0] ?? '';
    const offer = offerTo(placed, target, 'affinity', problem);
    return makeMove({ ...offer, affinity: { group, leader: leader.guest.vmid } }, problem);
  });
};

const bestPlan = (units: readonly Unit[], problem: Problem): Plan | null => {
  let best: Plan | null = null;
  for (const unit of units) {
    if (unit.some((placed) => atEase(placed, problem))) continue;
    for (const target of [...problem.state.targets]) {
      const plan = tryOut(unit, target, problem);
      if (plan && plan.saved > (best?.saved ?? 0)) best = plan;
    }
  }
  return best;
};

/** What moving the unit to a node saves, tried out on the state and taken back; null when somebody may not go or it is no gain. */
const tryOut = (unit: Unit, target: NodeState, problem: Problem): Plan | null => {
  const [first] = unit;
  if (!first || first.source === target) return null;
  const inTurn = unit.toSorted(
    (a, b) => savingOf(b, target, problem) - savingOf(a, target, problem) || a.guest.vmid - b.guest.vmid,
  );
  const [leader] = inTurn;
  if (!leader || (weigh(leader, problem)(target) ?? 0) <= 0) return null;
  if (offerTo(leader, target, 'load', problem).improvement < problem.config.min_score_improvement) return null;
  const saved = tentatively(problem.state, [first.source, target], () => moveAll(inTurn, target, problem));
  return saved !== null && saved > 0 ? { unit, inTurn, target, saved } : null;
};

/** What moving all of them in turn saves; null when one of them may not go. */
const moveAll = (unit: Unit, target: NodeState, problem: Problem): number | null => {
  let saved = 0;
  for (const placed of unit) {
    if (!fits(placed, target, problem) || wouldBeBusy(placed.guest, target, problem)) return null;
    saved += savingOf(placed, target, problem);
    moveGuest(problem.state, placed.guest, placed.source, target);
  }
  return saved;
};

/** Whether a guest may go there by all rules but the one that keeps it with the others, who come along. */
const fits = (placed: Placed, target: NodeState, problem: Problem): boolean =>
  targetFilters.every((filter) => filter === affinity || filter.admits(placed, target, problem));

/** Guests of a node that share affinity groups, also by way of one another; left out where one of them has to stay. */
const unitsOf = (guests: readonly Placed[], { state }: Problem): Unit[] => {
  const units: Placed[][] = [];
  const inGroup = new Map<string, Placed[]>();
  for (const placed of guests) {
    const keys = (placed.guest.tags?.affinity_groups ?? []).map((group) => `${placed.source.name} ${group}`);
    if (keys.length === 0 || placed.source.maintenance) continue;
    const joined = [...new Set(keys.flatMap((key) => inGroup.get(key) ?? []))];
    const unit = units.filter((one) => joined.some((member) => one.includes(member)));
    const merged = [...unit.flat(), placed];
    for (const one of unit) units.splice(units.indexOf(one), 1);
    units.push(merged);
    for (const member of merged)
      for (const group of member.guest.tags?.affinity_groups ?? [])
        inGroup.set(`${member.source.name} ${group}`, merged);
  }
  return units.filter((unit) => unit.length > 1 && isWhole(unit, state.byName));
};

const isWhole = (unit: Unit, nodes: ReadonlyMap<string, NodeState>): boolean =>
  unit.every(({ guest, source }) =>
    guest.tags?.affinity_groups.every((group) => {
      const own = unit.filter((one) => one.guest.tags?.affinity_groups.includes(group)).length;
      return nodes.get(source.name)?.tags.get(group) === own;
    }),
  );
