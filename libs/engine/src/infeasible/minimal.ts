/** Whether something is still impossible. */
export type Answer = 'feasible' | 'infeasible' | 'unknown';

export type Minimal<T> = {
  readonly items: readonly T[];
  /** Without any one of them it is possible, and that was checked. False: for some of them nobody knows */
  readonly checked: boolean;
};

/**
 * The fewest of some items, in the sense that none of them can be left out, for which something is still impossible; it is for all of
 * them. Items in front are rather kept. Halves are tried first, so that few of many are found in few questions (QuickXplain, Junker 2004).
 */
export const minimalSubset = <T>(items: readonly T[], ask: (kept: readonly T[]) => Answer): Minimal<T> => {
  if (ask([]) === 'infeasible') return { items: [], checked: true };
  const halved = divide([], false, items, ask);
  // An answer that nobody knows may have led astray: then from the whole, one at a time
  const start = ask(halved) === 'infeasible' ? halved : items;
  return withoutNeedless(start, ask);
};

const divide = <T>(
  kept: readonly T[],
  isNew: boolean,
  items: readonly T[],
  ask: (kept: readonly T[]) => Answer,
): readonly T[] => {
  if (isNew && ask(kept) === 'infeasible') return [];
  if (items.length <= 1) return items;
  const half = Math.ceil(items.length / 2);
  const [front, back] = [items.slice(0, half), items.slice(half)];
  const fromBack = divide([...kept, ...front], true, back, ask);
  const fromFront = divide([...kept, ...fromBack], fromBack.length > 0, front, ask);
  return [...fromFront, ...fromBack];
};

/** What is left of some items when each of them that can be left out is; it is impossible for all of them. */
export const withoutNeedless = <T>(items: readonly T[], ask: (kept: readonly T[]) => Answer): Minimal<T> => {
  let kept = items;
  let checked = true;
  for (const item of items) {
    const rest = kept.filter((other) => other !== item);
    const answer = ask(rest);
    if (answer === 'infeasible') kept = rest;
    if (answer === 'unknown') checked = false;
  }
  return { items: kept, checked };
};
