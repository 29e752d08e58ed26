import type { PlacementProblem } from '../placement/model.ts';
import { type Constraint, constraintsOf, isCapacity, wayConstraintsOf, withGuests, without } from './constraint.ts';
import { type Minimal, minimalSubset, withoutNeedless } from './minimal.ts';
import { missingOf } from './missing.ts';
import { namePart } from './name-part.ts';
import type { Question } from './question.ts';
import { reasonFor } from './reason.ts';
import type { Conflict } from './verdict.ts';

/** Constraints that cannot be kept together, none of them needless as far as was checked, and the few guests it was found with. */
export type Core = Minimal<Constraint> & { readonly suspects: readonly number[] };

/** What of an infeasible problem cannot be kept together. Where the guests that suffice are known, no others are looked at, until it comes to whether anything is needless. */
export const findCore = (problem: PlacementProblem, ask: Question): Core => {
  const first = coreWith(problem, suspectsIn(problem, ask), ask);
  const { items, checked } = withoutNeedless(first.items, (kept) => ask(keeping(problem, kept)).answer);
  if (items.length === first.items.length) return { ...first, checked };
  return { items, checked, suspects: suspectsIn(keeping(problem, items), ask) };
};

/** Guests for whom alone a problem is infeasible, as far as that is known. */
const suspectsIn = (problem: PlacementProblem, ask: Question): number[] =>
  ask(problem).guests?.toSorted((a, b) => a - b) ?? [...problem.guests.keys()];

const coreWith = (problem: PlacementProblem, suspects: readonly number[], ask: Question): Core => {
  const small = withGuests(problem, suspects);
  const all = [...constraintsOf(small), ...wayConstraintsOf(small)];
  const { items, checked } = minimalSubset(all, (kept) => ask(keeping(small, kept)).answer);
  const named = items.map((one) => ('guest' in one ? { ...one, guest: suspects[one.guest] ?? -1 } : one));
  return { items: named, checked, suspects };
};

/** The same in words, with the fewest guests for whom it is a conflict already. Names and sizes are those of `original`. */
export const explainCore = (
  original: PlacementProblem,
  problem: PlacementProblem,
  core: Core,
  ask: Question,
): Conflict => {
  const bare = keeping(problem, core.items);
  const guests = minimalSubset(core.suspects, (kept) => ask(withGuests(bare, kept)).answer);
  return named(original, core, guests);
};

/** The problem with some of its constraints only. */
const keeping = (problem: PlacementProblem, kept: readonly Constraint[]): PlacementProblem => {
  const those = new Set(kept.map((one) => JSON.stringify(one)));
  const all = [...constraintsOf(problem), ...wayConstraintsOf(problem)];
  return without(
    problem,
    all.filter((one) => !those.has(JSON.stringify(one))),
  );
};

const named = (problem: PlacementProblem, core: Minimal<Constraint>, guests: Minimal<number>): Conflict => {
  const limits = core.items.filter(isCapacity);
  const parts = core.items.map((one) => namePart(problem, one));
  return {
    parts,
    guests: guests.items.map((guest) => problem.guests[guest]?.id ?? ''),
    missing: missingOf(problem, limits),
    minimal: core.checked && guests.checked,
    reason: reasonFor(problem, parts, limits, guests.items),
  };
};
