import type { LoadShift } from '@proxbalance/contracts';
import { clamp, roundTo } from '../numbers.ts';
import { ends, type Look, resources } from './look.ts';
import { comingsAndGoings, othersShift, partOf, predictShift, shiftWithout } from './shift.ts';
import { type EndVerdicts, endVerdicts } from './verdict.ts';

/** When a look counts, milliseconds after the end of the move. */
export type LookWindow = { afterMs: number; lateMs: number };

export type OutcomeInput = {
  vmid: number;
  /** Milliseconds since 1970; null: not known. */
  startedAt: number | null;
  completedAt: number;
  before: Look;
  /** The first and the last look after the move, with the time they were meant for. */
  initial: LookWindow & { look: Look | null };
  sustained: LookWindow & { look: Look | null };
};

export type JudgedOutcome = {
  predicted: LoadShift;
  /** null: nobody could look in time. */
  actual: LoadShift | null;
  sustained: LoadShift | null;
  /** Percent, one decimal; null where something is unknown or nothing was to be expected. */
  accuracyPct: number | null;
  verdicts: EndVerdicts;
  notes: string[];
};

/** A look before the move that is older than this says little of the moment it began. */
const BEFORE_MAX_MS = 10 * 60_000;
/** Predictions that add up to less, percentage points, can be neither met nor missed. */
const MEASURABLE = 1;

/**
 * What a move was to bring and what it brought, both in percentage points of CPU and memory on source and target. What
 * other guests did meanwhile is taken out; what was not seen in its time, or not at all, is unknown and never guessed.
 */
export function judgeOutcome(input: OutcomeInput): JudgedOutcome {
  const { vmid, startedAt, before, initial, sustained } = input;
  const isStale = startedAt === null || before.at > startedAt || startedAt - before.at > BEFORE_MAX_MS;
  const first = isStale ? unseen : compare(input, initial);
  const last = isStale ? unseen : compare(input, sustained);
  const predicted = predictShift(before, vmid);
  return {
    predicted,
    actual: first.shift,
    sustained: last.shift,
    accuracyPct: first.shift && accuracyOf(predicted, first.shift),
    verdicts: endVerdicts(isStale ? null : before, first.shift, last.shift),
    notes: [...(isStale ? ['before: not seen right before the move began'] : []), ...first.notes, ...last.notes],
  };
}

type Compared = { shift: LoadShift | null; notes: string[] };
const unseen: Compared = { shift: null, notes: [] };

function compare(input: OutcomeInput, { look, afterMs, lateMs }: OutcomeInput['initial']): Compared {
  const { vmid, completedAt, before } = input;
  if (!look) return unseen;
  const ageMs = look.at - completedAt;
  if (ageMs < afterMs || ageMs > afterMs + lateMs) return { shift: null, notes: ['a look at the wrong time'] };
  const wasRunning = Boolean(before.source.guests[vmid]);
  if (look.source.guests[vmid] || Boolean(look.target.guests[vmid]) !== wasRunning)
    return { shift: null, notes: [`guest ${vmid} did not stay on the target as it was`] };
  const shift = shiftWithout(before, look, othersShift(before, look, vmid));
  const isUnknown = Object.values(shift).includes(null);
  const notes = [...(isUnknown ? ['some load could not be read'] : []), ...comingsAndGoings(before, look, vmid)];
  return { shift, notes };
}

/** `100 − 100·Σ|actual − predicted| / Σ|predicted|` over both resources of both ends. */
function accuracyOf(predicted: LoadShift, actual: LoadShift): number | null {
  let [missed, expected] = [0, 0];
  for (const end of ends)
    for (const resource of resources) {
      const [wanted, got] = [partOf(predicted, end, resource), partOf(actual, end, resource)];
      if (wanted === null || got === null) return null;
      missed += Math.abs(got - wanted);
      expected += Math.abs(wanted);
    }
  return expected < MEASURABLE ? null : roundTo(clamp(100 - (100 * missed) / expected, 0, 100), 1);
}
