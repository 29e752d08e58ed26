/** So many minutes between generations at most, by number of guests. */
const steps: readonly [guestsBelow: number, minutes: number][] = [
  [50, 10],
  [150, 15],
  [300, 20],
  [500, 30],
];
const slowest = 60;

/**
 * How long a generation stands when nothing happens, minutes: longer for larger clusters, and never so short that judging
 * would take more than half the time.
 */
export function intervalMinutes(guests: number, generationSeconds: number): number {
  const bySize = steps.find(([below]) => guests < below)?.[1] ?? slowest;
  const byTime = Math.floor((2 * generationSeconds) / 60) + 1;
  return Math.min(120, Math.max(5, bySize, byTime));
}
