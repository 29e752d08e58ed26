import { floorOf, partialOf } from './partial.ts';
import { type Tables, tieBreak } from './tables.ts';

/** No placement has an objective below this. */
export const lowerBound = (tables: Tables): number =>
  -tieBreak +
  floorOf(
    partialOf(
      tables,
      Array.from({ length: tables.unitCount }, (_, u) => u),
    ),
    0,
  );
