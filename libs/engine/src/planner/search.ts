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
  const firstWarmth = moves < tables.unitCount ? limitedWarmth : usualWarmth;
  let [done, round, idle, warmth] = [0, 0, 0, firstWarmth];
  while (idle < idleRounds(tables) && best.objective > limits.bound + 2 * tieBreak && limits.clock() < 1) {
    if (done >= limits.changes || round >= limits.rounds) break;
    const before = best.objective;
    const left = limits.changes - done;
    const wanted = roundSize(tables, moves, round);
    const changes = left < 1.5 * wanted ? left : wanted;
    const again = round >= 4 && dice() < againShare && before < Number.POSITIVE_INFINITY;
    settle(placement, again ? best.at : start);
    const plan = { changes, moves, again, warmth: round < 3 ? firstWarmth : tryWarmth(warmth, dice) };
    done += anneal(placement, coolingFor(tables, scales, plan, dice), dice, paceOf(limits, changes / left), best);
    round += 1;
    if (best.objective < before) warmth = plan.warmth;
    idle = best.objective < before ? 0 : idle + 1;
  }
  return { best, changes: done, rounds: round };
};

/** Rounds without anything better, after which nothing better is expected. */
const idleRounds = ({ unitCount }: Tables): number => (unitCount <= few ? 12 : 24);
const few = 40;
const againShare = 0.4;

/** How hot it is at first, from 0 to 1: what is best differs from problem to problem, so what was good is tried more often. */
const usualWarmth = 0.25;
/** Where few may move. */
const limitedWarmth = 0.6;
const tryWarmth = (good: number, dice: Dice): number =>
  dice() < 0.5 ? dice() : Math.min(1, Math.max(0, good + 0.3 * (dice() - 0.5)));

/** Changes of a round: by the number of units, more each time. */
const roundSize = ({ unitCount }: Tables, moves: number, round: number): number =>
  Math.min(unitCount, moves) <= few
    ? unitCount * Math.min(unitCount <= few ? 1000 : 2500, 300 * (1 + round))
    : unitCount * (firstSizes[round] ?? 8000) * (1 + Math.floor(round / 8));
const firstSizes = [300, 1500];

type Round = {
  readonly changes: number;
  readonly moves: number;
  readonly again: boolean;
  readonly warmth: number;
};

const coolingFor = (tables: Tables, scales: Scales, { changes, moves, again, warmth }: Round, dice: Dice): Cooling => {
  const { move, load, gap, uneven } = scales;
  // What holds guests where they are is what moving costs; or, where that is next to nothing, that few may move.
  const heat = moves < tables.unitCount ? uneven * 0.02 : Math.max(move, uneven * 0.001) * 0.1;
  const hot = heat * 10 ** (2 * warmth - 1);
  const penalty = uneven * 0.5 * 4 ** dice() + 20 * move;
  const far = 4 ** (0.5 + dice());
  return {
    changes,
    hot: again ? hot / 2 : hot,
    cold: hot * 0.1 ** (0.5 + 1.2 * dice()),
    wide: again ? load.map((each) => each * 5 * far) : gap.map((each) => each * far),
    narrow: load.map((each) => Math.max(each * 0.02, 1e-9)),
    lenient: penalty,
    strict: penalty * 5,
    wild: dice() < 0.3 ? 1 : dice() * 0.6,
    twos: moves >= tables.unitCount,
    moves,
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
