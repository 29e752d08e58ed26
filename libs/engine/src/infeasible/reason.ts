import type { PlacementProblem } from '../placement/model.ts';
import { gibUsed, listed, verb } from '../verify/words.ts';
import { demandOf, inUnits, resourceOf } from './capacity.ts';
import type { Capacity } from './constraint.ts';
import type { ConflictPart } from './verdict.ts';

/** A conflict as one sentence: its parts, and what the guests in it need where room is part of it. */
export const reasonFor = (
  problem: PlacementProblem,
  parts: readonly ConflictPart[],
  limits: readonly Capacity[],
  guests: readonly number[],
): string => [...textsOf(parts), ...needsOf(problem, limits, guests)].join('; ');

/** The room of many nodes is summed up. */
const textsOf = (parts: readonly ConflictPart[]): string[] =>
  [...Map.groupBy(parts, ({ kind, storage = '' }) => `${kind} ${storage}`).values()].flatMap((group) => {
    const [first] = group;
    if (group.length < 4 || first?.limit === undefined) return group.map(({ text }) => text);
    const all = group.reduce((sum, { limit = 0 }) => sum + limit, 0);
    return [`${listed(group.map(({ node = '' }) => node))} have ${amountOf(first, all)} in all`];
  });

const needsOf = (problem: PlacementProblem, limits: readonly Capacity[], guests: readonly number[]): string[] =>
  [...Map.groupBy(limits, resourceOf).values()].flatMap(([limit]) => {
    if (!limit) return [];
    const needy = guests.filter((guest) => demandOf(problem, guest, limit) > 0);
    if (needy.length === 0) return [];
    const all = needy.reduce((sum, guest) => sum + demandOf(problem, guest, limit), 0);
    const who = listed(needy.map((guest) => problem.guests[guest]?.id ?? ''));
    const storage = limit.kind === 'storage' ? limit.storage : '';
    return [`${who} ${verb('need', needy.length)} ${amountOf({ kind: limit.kind, storage }, inUnits(limit, all))}`];
  });

const amountOf = ({ kind, storage }: { kind: ConflictPart['kind']; storage?: string }, amount: number): string => {
  if (kind === 'cpu') return `${amount} vCPUs`;
  return kind === 'ram' ? `${gibUsed(amount)} GiB RAM` : `${gibUsed(amount)} GiB on ${storage}`;
};
