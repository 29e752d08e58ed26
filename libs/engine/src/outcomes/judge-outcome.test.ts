import { describe, expect, test } from 'vitest';
import { aLook, completedAt, type Ends, outcomeOf } from '../testing/outcome.ts';
import { judgeOutcome, type OutcomeInput } from './judge-outcome.ts';

/* Guest 100 takes 1.6 of 16 threads and 6.4 of 64 GiB: 10 points of each on both nodes. Guest 200 the same of pve2. */

const before: Ends = { source: { cpu: 80, mem: 70, guests: { 100: 10 } }, target: { cpu: 20, mem: 40, guests: {} } };
const after: Ends = { source: { cpu: 70, mem: 60, guests: {} }, target: { cpu: 30, mem: 50, guests: { 100: 10 } } };
const judge = (more: Partial<OutcomeInput> = {}, was = before, is = after) => judgeOutcome(outcomeOf(was, is, more));
const at = (end: 'source' | 'target', part: object, of = after): Ends => ({ ...of, [end]: { ...of[end], ...part } });

test('a move that does what was predicted is beneficial and fully accurate, in percentage points at both ends', () => {
  const shift = { source_cpu_delta: 10, source_mem_delta: 10, target_cpu_delta: -10, target_mem_delta: -10 };
  expect(judge()).toEqual({
    predicted: shift,
    actual: shift,
    sustained: shift,
    accuracyPct: 100,
    verdicts: { source: 'beneficial', target: 'neutral', both: 'beneficial' },
    notes: [],
  });
});

test('what a guest adds depends on the size of the node it comes to', () => {
  const input = outcomeOf(before, after);
  const small = { ...input.before.target, threads: 8, memBytes: (input.before.target.memBytes ?? 0) / 2 };
  const { predicted } = judgeOutcome({ ...input, before: { ...input.before, target: small } });
  expect(predicted).toMatchObject({ source_cpu_delta: 10, target_cpu_delta: -20, target_mem_delta: -20 });
});

describe('weakness B29 is gone', () => {
  test('accuracy compares percentage points with percentage points', () => {
    const half = at('source', { cpu: 75 }, at('target', { cpu: 25, guests: { 100: 5 } }));
    const { actual, accuracyPct } = judge({}, before, half);
    expect(actual).toMatchObject({ source_cpu_delta: 5, target_cpu_delta: -5, source_mem_delta: 10 });
    // 10 of 40 predicted points did not come.
    expect(accuracyPct).toBe(75);
  });

  test('a target that ends hotter than both nodes were is harmed, however relieved the source is', () => {
    const { verdicts } = judge({}, before, at('target', { cpu: 84 }));
    expect(verdicts).toEqual({ source: 'beneficial', target: 'harmful', both: 'harmful' });
    expect(judge({}, before, at('target', { mem: 74 })).verdicts.both).toBe('harmful');
    expect(judge({}, before, at('target', { cpu: 83 })).verdicts.both).toBe('beneficial');
  });

  test('other guests that moved meanwhile are neither its merit nor its fault', () => {
    const busy: Ends = { source: { ...before.source, guests: { 100: 10, 300: 20 } }, target: before.target };
    // 300 left the source as well, 200 came to the target.
    const moved: Ends = {
      source: { cpu: 50, mem: 40, guests: {} },
      target: { cpu: 90, mem: 90, guests: { 100: 10, 200: [60, 40] } },
    };
    const { actual, accuracyPct, verdicts, notes } = judge({}, busy, moved);
    expect(actual).toEqual(judge().actual);
    expect(accuracyPct).toBe(100);
    expect(verdicts.both).toBe('beneficial');
    expect(notes).toContain('source: left 300; not counted');
    expect(notes).toContain('target: came 200; not counted');
  });

  test('guests that merely have more to do don’t hide what the move brought', () => {
    const busy: Ends = { source: { ...before.source, guests: { 100: 10, 300: 20 } }, target: before.target };
    const risen = at('source', { cpu: 95, guests: { 300: 45 } });
    expect(judge({}, busy, risen).actual).toMatchObject({ source_cpu_delta: 10 });
  });

  const { initial, sustained, before: earlier } = outcomeOf(before, after);
  const hour = 3_600_000;
  test.each<[string, Partial<OutcomeInput>, object]>([
    ['the last look is missing', { sustained: { ...sustained, look: null } }, { sustained: null }],
    ['the first look is missing', { initial: { ...initial, look: null } }, { actual: null, accuracyPct: null }],
    [
      'the last look is older than the end of the move',
      { sustained: { ...sustained, look: aLook(after, completedAt - 1) } },
      { sustained: null },
    ],
    [
      'the last look came a day late',
      { sustained: { ...sustained, look: aLook(after, completedAt + 48 * hour) } },
      { sustained: null },
    ],
    ['the look before is older than the move', { before: { ...earlier, at: earlier.at - hour } }, { actual: null }],
    ['nobody knows when it began', { startedAt: null }, { actual: null, sustained: null, accuracyPct: null }],
  ])('when %s, that is unknown', (_what, more, expected) => {
    const judged = judge(more);
    expect(judged).toMatchObject(expected);
    if (judged.sustained === null) expect(judged.verdicts.both).toBe('inconclusive');
  });
});

test.each<[string, Ends, string]>([
  ['the source hardly changed', at('source', { cpu: 78, mem: 69 }), 'neutral'],
  ['only memory was relieved', at('source', { cpu: 80 }), 'beneficial'],
  ['the source got busier though the guest left', at('source', { cpu: 84 }), 'harmful'],
  ['a node could not be read', at('source', { cpu: null }), 'inconclusive'],
  ['the guest has gone on to another node', at('target', { guests: {} }), 'inconclusive'],
  ['the guest went back', at('source', { guests: { 100: 10 } }, at('target', { guests: {} })), 'inconclusive'],
  ['what a neighbour takes is unknown', at('target', { guests: { 100: 10, 200: null } }), 'inconclusive'],
])('when %s: %3$s', (_what, is, verdict) => {
  expect(judge({}, before, is).verdicts.both).toBe(verdict);
});

test('relief that was there at first and is not lost since is beneficial; unknown at first, it is inconclusive', () => {
  const level = at('source', { cpu: 79, mem: 69 });
  const faded = outcomeOf(before, level);
  const first = outcomeOf(before, after).initial;
  expect(judgeOutcome({ ...faded, initial: first }).verdicts.source).toBe('beneficial');
  expect(judgeOutcome({ ...faded, initial: { ...first, look: null } }).verdicts.source).toBe('inconclusive');
});

test('of a stopped guest nothing is expected, and nothing can be missed', () => {
  const without: Ends = { source: { ...before.source, guests: {} }, target: before.target };
  const same: Ends = { source: without.source, target: without.target };
  expect(judge({}, without, same)).toMatchObject({
    predicted: { source_cpu_delta: 0, target_mem_delta: 0 },
    accuracyPct: null,
    verdicts: { both: 'neutral' },
  });
});
