const firstWaitMs = 1000;
const longestWaitMs = 3 * 60 * 60_000;

/** Tries of one delivery: with the waits below, for about a day. */
export const triesMax = 22;

/** 1 s, 2 s, 4 s, … up to three hours after so many tries; longer when the receiver asks for it. */
export const waitMs = (tries: number, askedMs: number | null): number =>
  Math.max(Math.min(firstWaitMs * 2 ** (tries - 1), longestWaitMs), Math.min(askedMs ?? 0, longestWaitMs));
