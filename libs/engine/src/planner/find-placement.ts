import type { Best, Pace } from './anneal.ts';
import { searchExactly } from './exact.ts';
import { objectiveOf } from './objective.ts';
import { placementOf } from './placement.ts';
import { search } from './search.ts';
import { startOf } from './start.ts';
import { type Tables, tieBreak } from './tables.ts';

export type FindLimits = {
  readonly seed: number;
  /** Changes to weigh at most */
  readonly changes: number;
  readonly clock: Pace;
  readonly bound: number;
  /** Whether a placement can be reached; asked of few */
  readonly reachable: (at: Int32Array) => boolean;
};

export type FoundPlacement = {
  readonly best: Best;
  /** There is no better one that can be reached */
  readonly proven: boolean;
  readonly changes: number;
};

/** Units up to which everything is gone through, after a short search; and placements of a unit that are tried then. */
const fewUnits = 40;
const exactTries = 150_000;
/** So many where there are more than a dozen units: what takes longer seldom comes to an end. */
const fewExactTries = 15_000;

/** The best placement that keeps every rule and limit: of few units the best there is, as long as that is not too hard. */
export const findPlacement = (tables: Tables, limits: FindLimits): FoundPlacement => {
  const start = startOf(tables);
  const staying = stay(tables, start, limits);
  // Branch and bound knows no bound for deviations.
  if (tables.unitCount > fewUnits || tables.deviation)
    return findByRounds(tables, start, limits, Number.POSITIVE_INFINITY);
  const first = placesInAll(tables) < fewPlaces ? none(tables) : findByRounds(tables, start, limits, 2);
  const best =
    first.best.objective < Number.POSITIVE_INFINITY && limits.reachable(first.best.at) ? first.best : staying;
  const moves = tables.problem.policy.maxMoves ?? Number.POSITIVE_INFINITY;
  if (
    searchExactly(tables, best, {
      tries: tables.unitCount <= 12 ? exactTries : fewExactTries,
      moves,
      accept: limits.reachable,
      stop: () => limits.clock() >= 1,
    })
  )
    return { ...first, best, proven: true };
  const more = findByRounds(tables, start, limits, Number.POSITIVE_INFINITY);
  return more.best.objective < best.objective ? more : { ...more, best };
};

const fewPlaces = 3000;

const placesInAll = ({ domains }: Tables): number => domains.reduce((product, { length }) => product * length, 1);

const none = ({ unitCount }: Tables): FoundPlacement => ({
  best: { at: new Int32Array(unitCount), objective: Number.POSITIVE_INFINITY },
  proven: false,
  changes: 0,
});

/** Everything stays where it is, where that is permitted; so that this is known to be a way. */
const stay = (tables: Tables, start: Int32Array, { reachable }: FindLimits): Best => {
  const placement = placementOf(tables, start);
  const permitted = placement.over === 0 && placement.moves === 0 && reachable(start);
  return { at: start, objective: permitted ? objectiveOf(placement) : Number.POSITIVE_INFINITY };
};

const findByRounds = (tables: Tables, start: Int32Array, limits: FindLimits, rounds: number): FoundPlacement => {
  const { best, changes } = search(tables, start, { ...limits, rounds });
  return { best, changes, proven: best.objective <= limits.bound + 2 * tieBreak };
};
