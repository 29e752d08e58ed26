/** Numbers from 0 to below 1, the same for the same seed. */
export type Dice = () => number;

export const diceOf = (seed: number): Dice => {
  let state = (seed * 2_654_435_761 + 974_711) >>> 0;
  return () => {
    state = (state + 0x9e37_79b9) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0_aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a_2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
};
