import { between, chance, type Dice, pick } from './random-problem.ts';

export type Move = { guest: string; from: string; to: string; hop?: boolean };
type Named = { nodes: readonly { id: string }[]; guests: readonly { id: string; node: string }[] };

/** A plan that moves anybody anywhere; a share of its moves is nonsense as well. */
export const randomPlan = (dice: Dice, problem: Named, nonsense: number): unknown[] => {
  const at = new Map(problem.guests.map(({ id, node }) => [id, node]));
  return Array.from({ length: between(dice, 0, 6) }, () => {
    if (chance(dice, nonsense / 10)) return pick(dice, [null, {}, 'step', 7]);
    const step = Array.from({ length: between(dice, 0, 4) }, () =>
      spoil(dice, randomMove(dice, problem, at), nonsense),
    );
    for (const move of step) if (move && at.has(move.guest)) at.set(move.guest, move.to);
    return step;
  });
};

/** A plan of random steps of which each is kept only if `isFine` says so of the plan up to it: most of what it does is permitted. */
export const carefulPlan = (dice: Dice, problem: Named, isFine: (steps: Move[][]) => boolean): Move[][] => {
  const at = new Map(problem.guests.map(({ id, node }) => [id, node]));
  const steps: Move[][] = [];
  for (let attempt = 0; attempt < 12; attempt++) {
    const moves = Array.from({ length: between(dice, 1, 3) }, () => randomMove(dice, problem, at));
    if (!isFine([...steps, moves])) continue;
    steps.push(moves);
    for (const { guest, to } of moves) at.set(guest, to);
  }
  return steps;
};

const randomMove = (dice: Dice, { nodes, guests }: Named, at: ReadonlyMap<string, string>): Move => {
  const guest = pick(dice, guests).id;
  const [from, hop] = [at.get(guest) ?? '', chance(dice, 0.15)];
  const others = nodes.filter(({ id }) => id !== from);
  return { guest, from, to: pick(dice, others.length > 0 ? others : nodes).id, ...(hop && { hop }) };
};

const spoil = (dice: Dice, move: Move, share: number): Move | null => {
  if (!chance(dice, share)) return move;
  return pick<(move: Move) => Move | null>(dice, [
    () => null,
    (one) => ({ ...one, guest: 'nobody' }),
    (one) => ({ ...one, to: 'nowhere' }),
    (one) => ({ ...one, from: 'n1' }),
    (one) => ({ ...one, to: one.from }),
    ({ guest, from }) => ({ guest, from }) as Move,
  ])(move);
};
