import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Ends, outcomeOf } from '../testing/outcome.ts';
import { judgeOutcome } from './judge-outcome.ts';

const points = fc.double({ min: 0, max: 100, noNaN: true });
const maybe = <T>(some: fc.Arbitrary<T>) => fc.option(some, { freq: 8 });
const guests = fc.dictionary(fc.constantFrom('100', '200', '300', '400'), maybe(fc.tuple(points, points)));
const end = fc.record({ cpu: maybe(points), mem: maybe(points), guests });
const ends: fc.Arbitrary<Ends> = fc.record({ source: end, target: end });

const law = (hold: (was: Ends, is: Ends) => void) => fc.assert(fc.property(ends, ends, hold));

test('every judgement is finite, and 0 to 100 where it is a percentage', () => {
  law((was, is) => {
    const { predicted, actual, sustained, accuracyPct } = judgeOutcome(outcomeOf(was, is));
    for (const shift of [predicted, actual, sustained])
      for (const value of Object.values(shift ?? {})) expect(value === null || Number.isFinite(value)).toBe(true);
    if (accuracyPct !== null) expect(accuracyPct >= 0 && accuracyPct <= 100).toBe(true);
  });
});

test('it is conclusive only when everything that decides it was seen, or harm was', () => {
  law((was, is) => {
    const { sustained, verdicts } = judgeOutcome(outcomeOf(was, is));
    const known = sustained !== null && !Object.values(sustained).includes(null);
    if (!known) expect(['inconclusive', 'harmful']).toContain(verdicts.both);
    if (sustained === null) expect(verdicts.both).toBe('inconclusive');
    if (verdicts.both === 'beneficial') expect(verdicts.target).toBe('neutral');
  });
});

test('any load that another guest brings or takes along changes nothing', () => {
  fc.assert(
    fc.property(
      ends,
      ends,
      fc.constantFrom('source' as const, 'target' as const),
      points,
      points,
      (was, is, at, cpu, mem) => {
        const { cpu: nodeCpu, mem: nodeMem, guests: there } = is[at];
        const joined = {
          cpu: nodeCpu === null ? null : nodeCpu + cpu,
          mem: nodeMem === null ? null : nodeMem + mem,
          guests: { ...there, 900: [cpu, mem] as [number, number] },
        };
        const [without, joining] = [
          judgeOutcome(outcomeOf(was, is)),
          judgeOutcome(outcomeOf(was, { ...is, [at]: joined })),
        ];
        for (const [name, value] of Object.entries(without.sustained ?? {})) {
          const other = joining.sustained?.[name as keyof typeof joining.sustained] ?? null;
          if (value === null) expect(other).toBeNull();
          else expect(other).toBeCloseTo(value, 1);
        }
      },
    ),
  );
});
