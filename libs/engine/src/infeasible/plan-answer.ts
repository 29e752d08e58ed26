import type { Conflict, ConflictPart, Refusal } from './verdict.ts';

/** A refusal as plans tell it: rules that conflict, or guests that stand in the way. */
export type PlanRefusal = {
  readonly status: Refusal['status'];
  readonly conflicts?: readonly { readonly rules: readonly string[]; readonly reason: string }[];
  readonly blockers?: readonly { readonly guest: string; readonly reason: string }[];
};

export const planRefusal = ({ status, conflicts }: Refusal): PlanRefusal =>
  status === 'rule-conflict'
    ? { status, conflicts: conflicts.map((one) => ({ rules: rulesOf(one), reason: one.reason })) }
    : { status, blockers: conflicts.flatMap((one) => blockersOf(one).map((guest) => ({ guest, reason: one.reason }))) };

/** Names of rules, and ids of guests whose own restriction is part of the conflict. */
const rulesOf = (conflict: Conflict): string[] => {
  const names = [...own(conflict.parts, 'rule'), ...own(conflict.parts, 'guest')];
  return names.length > 0 ? names : [...conflict.guests];
};

/** Guests whose own restriction is part of the conflict; if there is none, all without whom there would be no conflict. */
const blockersOf = (conflict: Conflict): string[] => {
  const restricted = own(conflict.parts, 'guest');
  return restricted.length > 0 ? restricted : [...conflict.guests];
};

const own = (parts: readonly ConflictPart[], field: 'rule' | 'guest'): string[] => [
  ...new Set(parts.flatMap((part) => part[field] ?? [])),
];
