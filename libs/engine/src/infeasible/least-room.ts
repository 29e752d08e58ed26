import type { PlacementProblem } from '../placement/model.ts';
import { demandOf, type Extra, roomOf, withExtra } from './capacity.ts';
import { type Capacity, without } from './constraint.ts';
import type { Question } from './question.ts';

/** How much more room it takes on some nodes: on one after the other as little as possible. Null: that is not known. */
export const leastRoom = (problem: PlacementProblem, limits: readonly Capacity[], ask: Question): Extra[] | null => {
  const extras: Extra[] = [];
  for (const [i, limit] of limits.entries()) {
    const beside = without(withExtra(problem, extras), limits.slice(i + 1));
    const amount = least(problem, limit, (extra) => ask(withExtra(beside, [{ limit, amount: extra }])).answer);
    if (amount === null) return null;
    extras.push({ limit, amount });
  }
  return extras;
};

/** Halves what is too much until one less is too little. Room for all guests on one node, arriving and leaving, is always enough. */
const least = (problem: PlacementProblem, limit: Capacity, ask: (extra: number) => string): number | null => {
  const step = limit.kind === 'cpu' ? 500 : 1;
  const all = problem.guests.reduce((sum, _, guest) => sum + demandOf(problem, guest, limit), 0);
  let [low, high] = [0, Math.ceil((all - Math.min(0, roomOf(problem, limit))) / step)];
  if (ask(high * step) !== 'feasible') return null;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (ask(middle * step) === 'feasible') high = middle;
    else low = middle;
  }
  return high * step;
};
