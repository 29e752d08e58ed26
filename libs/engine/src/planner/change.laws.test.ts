import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../../../tests/support/properties.ts';
import { readProblem } from '../placement/read-problem.ts';
import { tightProblem } from '../testing/tight-problem.ts';
import { noChange, weigh } from './change.ts';
import { diceOf } from './dice.ts';
import { make, unmake } from './make-change.ts';
import { objectiveOf } from './objective.ts';
import { placementOf } from './placement.ts';
import { noProposal, propose } from './propose.ts';
import { startOf } from './start.ts';
import { tablesOf } from './tables.ts';

/** Random changes to a random problem, each handed over when it has been made. */
const afterChanges = (law: (placement: ReturnType<typeof placementOf>) => void) =>
  fc.assert(
    fc.property(fc.nat(10_000), (seed) => {
      const tables = tablesOf(readProblem(tightProblem(seed, 5)));
      if (tables.units.some(({ domain }) => domain.length === 0)) return;
      const placement = placementOf(tables, startOf(tables));
      const dice = diceOf(seed);
      const [proposal, change] = [noProposal(), noChange()];
      for (let i = 0; i < 40; i++) {
        if (!propose(placement, dice, { wild: 0.5, twos: false }, proposal)) continue;
        weigh(placement, proposal.unit, proposal.to, proposal.other, change);
        make(placement, proposal.unit, proposal.to, proposal.other, change);
      }
      law(placement);
    }),
    { numRuns: runs(100) },
  );

test('what follows from many changes is what follows from where they lead', () => {
  afterChanges((placement) => {
    const anew = placementOf(placement.tables, placement.at);
    for (const part of ['over', 'cost', 'moves', 'soft'] as const) expect(placement[part]).toBeCloseTo(anew[part], 6);
    expect(placement.used).toEqual(anew.used);
    expect(placement.crowd).toEqual(anew.crowd);
    expect([...placement.away.subarray(0, placement.awayCount)].sort()).toEqual(
      [...anew.away.subarray(0, anew.awayCount)].sort(),
    );
    expect(objectiveOf(placement)).toBeCloseTo(objectiveOf(anew), 4);
  });
});

test('a change that is taken back leaves no trace', () => {
  afterChanges((placement) => {
    const before = objectiveOf(placement);
    const change = noChange();
    const to = (placement.at[0] ?? 0) === 0 ? 1 : 0;
    const from = placement.at[0] ?? 0;
    weigh(placement, 0, to, -1, change);
    make(placement, 0, to, -1, change);
    unmake(placement, 0, from, change);
    expect(placement.at[0]).toBe(from);
    expect(objectiveOf(placement)).toBeCloseTo(before, 4);
  });
});
