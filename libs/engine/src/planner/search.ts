import { anneal, type Best, type Cooling, type Pace } from './anneal.ts';
import { type Dice, diceOf } from './dice.ts';
import { objectiveOf } from './objective.ts';
import { placementOf, settle } from './placement.ts';
import { type Scales, scalesOf } from './scales.ts';
import { type Tables, tieBreak } from './tables.ts';

export type SearchLimits = {
  readonly seed: number;
  /** Changes to weigh in all */
  readonly changes: number;
  /** How far along by the clock, from 0 to 1, or by whoever calls it off: 1 */
  readonly clock: Pace;
  /** No better objective is possible than this */
  readonly bound: number;
  readonly rounds: number;
};

export type Found = { readonly best: Best; readonly changes: number; readonly rounds: number };

/** Rounds of annealing, short ones first, from the present placement and from the best one in turns. */
export const search = (tables: Tables, start: Int32Array, limits: SearchLimits): Found => {
  const dice = diceOf(limits.seed);
  const placement = placementOf(tables, start);
  const scales = scalesOf(placement);
  const best: Best = { at: Int32Array.from(start), objective: Number.POSITIVE_INFINITY };
  const moves = tables.problem.policy.maxMoves ?? Number.POSITIVE_INFINITY;
  if (placement.over === 0 && placement.moves <= moves) best.objective = objectiveOf(placement);
  let [done, rounds, idle] = [0, 0, 0];
  while (
    idle < idleRounds &&
    best.objective > limits.bound + 2 * tieBreak &&
    limits.clock() < 1 &&
    done < limits.changes &&
    rounds < limits.rounds
  ) {
    const before = best.objective;
    const left = limits.changes - done;
    const wanted = roundSize(tables, rounds);
    const changes = left < 1.5 * wanted ? left : wanted;
    const again = rounds >= 3 && rounds % 2 === 1 && best.objective < Number.POSITIVE_INFINITY;
    settle(placement, again ? best.at : start);
    const cooling = { ...coolingFor(scales, changes, again, dice), moves };
    done += anneal(placement, cooling, dice, paceOf(limits, changes / left), best);
    rounds += 1;
    idle = best.objective < before ? 0 : idle + 1;
  }
  return { best, changes: done, rounds };
};

const idleRounds = 12;

/** Changes of a round: by the number of units, more each time, then about the same. */
const roundSize = ({ unitCount }: Tables, round: number): number =>
  unitCount * 300 * 3 ** Math.min(3, round) * (1 + Math.floor(round / 6));

const coolingFor = (
  { move, load, gap, uneven }: Scales,
  changes: number,
  again: boolean,
  dice: Dice,
): Omit<Cooling, 'moves'> => {
  const hot = move * 0.3 * 4 ** dice();
  const [widest, narrowest] = again ? [load.map((each) => each * 20), 0.02] : [gap.map((each) => each * 4), 0.02];
  const penalty = 2 * uneven + 20 * move;
  return {
    changes,
    hot: again ? hot / 2 : hot,
    cold: move * 0.02,
    wide: widest,
    narrow: load.map((each) => Math.max(each * narrowest, 1e-9)),
    lenient: penalty,
    strict: penalty * 5,
    wild: dice() < 0.3 ? 1 : dice() * 0.6,
  };
};

/** The clock of a round that may take this share of what is left. */
const paceOf = ({ clock }: SearchLimits, share: number): Pace => {
  const begun = clock();
  const time = Math.max(1e-9, (1 - begun) * share);
  return () => {
    const now = clock();
    return now >= 1 ? 1 : Math.max(0, (now - begun) / time - 0.2);
  };
};
