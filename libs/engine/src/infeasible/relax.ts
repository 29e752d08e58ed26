import type { PlacementProblem } from '../placement/model.ts';
import { withExtra } from './capacity.ts';
import { type Core, explainCore, findCore } from './conflict.ts';
import { type Constraint, isCapacity, without } from './constraint.ts';
import { leastRoom } from './least-room.ts';
import { nameChange } from './name-change.ts';
import type { Question } from './question.ts';
import type { Conflict, Relaxation } from './verdict.ts';

/** Conflicts that are resolved one after the other before nobody tries on. */
const CONFLICTS_MAX = 12;
/** Relaxations that are looked for. */
const RELAXATIONS_MAX = 12;

/**
 * Ways to make a problem feasible, one for each part of its first conflict (one of them has to go in any case) with what else has to
 * go then; and the conflicts that the first of these meets besides.
 */
export const relaxationsFor = (
  problem: PlacementProblem,
  first: Core,
  ask: Question,
): { relaxations: Relaxation[]; conflicts: Conflict[] } => {
  const starts = first.items.toSorted((a, b) => weight(a) - weight(b)).slice(0, RELAXATIONS_MAX);
  const isAlone = (start: Constraint) => ask(without(problem, [start])).answer === 'feasible';
  // What is enough by itself comes first, in case that the budget ends with the others
  const { alone = [], joint = [] } = Object.groupBy(starts, (start) => (isAlone(start) ? 'alone' : 'joint'));
  const single = alone.flatMap((start) => relaxationOf(problem, [start], ask));
  const ways = joint.map((start) => {
    const way = resolve(problem, start, ask);
    return { ...way, found: way.isEnough ? relaxationOf(problem, way.dropped, ask) : [] };
  });
  const unique = new Map([...single, ...ways.flatMap(({ found }) => found)].map((one) => [one.text, one]));
  const relaxations = [...unique.values()].toSorted((a, b) => a.changes.length - b.changes.length);
  const conflicts = ways[0]?.met.map(({ core, open }) => explainCore(problem, open, core, ask)) ?? [];
  return { relaxations, conflicts: conflicts.filter(({ minimal }) => minimal) };
};

/** What gives way more easily: lists, pins, rules, room, and last that a node is to be empty. */
const weights: Readonly<Record<Constraint['kind'], number>> = {
  'max-moves': 0,
  inflow: 0,
  parallel: 0,
  allowed: 1,
  fixed: 2,
  affinity: 3,
  'anti-affinity': 3,
  ram: 4,
  cpu: 4,
  storage: 4,
  duty: 5,
};
const weight = ({ kind }: Constraint): number => weights[kind];

type Resolved = {
  readonly dropped: readonly Constraint[];
  /** Whether that is known to make the problem feasible */
  readonly isEnough: boolean;
  /** Conflicts that were left, and of what */
  readonly met: readonly { readonly core: Core; readonly open: PlacementProblem }[];
};

/** Drops one constraint, then of each conflict that is left one of the same kind, or else the weakest. */
const resolve = (problem: PlacementProblem, start: Constraint, ask: Question): Resolved => {
  const dropped = [start];
  const rank = (one: Constraint) => (one.kind === start.kind ? -1 : weight(one));
  const met: { core: Core; open: PlacementProblem }[] = [];
  for (;;) {
    const open = without(problem, dropped);
    const { answer } = ask(open);
    if (answer === 'feasible') return { dropped: needed(problem, dropped, ask), isEnough: true, met };
    if (answer === 'unknown' || met.length === CONFLICTS_MAX) return { dropped, isEnough: false, met };
    const core = findCore(open, ask);
    const [weakest] = core.items.toSorted((a, b) => rank(a) - rank(b));
    if (!weakest || !core.checked) return { dropped, isEnough: false, met };
    met.push({ core, open });
    dropped.push(weakest);
  }
};

const needed = (problem: PlacementProblem, dropped: readonly Constraint[], ask: Question): Constraint[] => {
  let kept = [...dropped];
  for (const one of dropped) {
    const fewer = kept.filter((other) => other !== one);
    if (ask(without(problem, fewer)).answer === 'feasible') kept = fewer;
  }
  return kept;
};

/** The changes in words: room not without limit but as much as it takes, and lists longer by the node that is used. */
const relaxationOf = (problem: PlacementProblem, dropped: readonly Constraint[], ask: Question): Relaxation[] => {
  const limits = dropped.filter(isCapacity);
  const others = dropped.filter((one) => !isCapacity(one));
  const extras = leastRoom(without(problem, others), limits, ask);
  if (!extras) return [];
  const { answer, placement, reached } = ask(withExtra(without(problem, others), extras));
  if (answer !== 'feasible' || !placement) return [];
  const changes = dropped.map((one) => nameChange(problem, one, { extras, placement }));
  return [{ changes, reachable: reached === true, text: changes.map(({ text }) => text).join(' and ') }];
};
