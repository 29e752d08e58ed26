/** Chance that a seed repeats. */
export type Dice = {
  /** In [0, 1). */
  unit(): number;
  between(least: number, most: number): number;
  /** Throws for an empty list. */
  pick<T>(list: readonly T[]): T;
  shuffle<T>(list: readonly T[]): T[];
};

export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  /** mulberry32 */
  const unit = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    unit,
    between: (least, most) => least + (most - least) * unit(),
    pick<T>(list: readonly T[]): T {
      if (list.length === 0) throw new Error('nothing to pick from');
      return list[Math.floor(unit() * list.length)] as T;
    },
    shuffle: (list) =>
      list
        .map((value) => ({ value, at: unit() }))
        .sort((a, b) => a.at - b.at)
        .map(({ value }) => value),
  };
}
