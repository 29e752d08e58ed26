/** Bytes in a MiB, for rates given in MiB/s. */
export const MIB = 2 ** 20;

/** Nearest integer; exact halves go to the even neighbour (16.5 → 16, 17.5 → 18). */
export const rint = (value: number): number => {
  const low = Math.floor(value);
  const rest = value - low;
  if (rest !== 0.5) return rest < 0.5 ? low : low + 1;
  return low % 2 === 0 ? low : low + 1;
};

/**
 * Round to decimals as IEEE 754 demands: the nearest decimal of the exact binary value, exact halves to even.
 * An exact half exists only for odd multiples of 1 / 2^(decimals+1); everything else `toFixed` rounds correctly.
 */
export const roundTo = (value: number, decimals: number): number => {
  const halves = value * 2 ** (decimals + 1);
  if (!Number.isInteger(halves) || halves % 2 === 0) return Number(value.toFixed(decimals));
  return rint(value * 10 ** decimals) / 10 ** decimals;
};

/** Value limited to low..high. */
export const clamp = (value: number, low: number, high: number): number => Math.min(high, Math.max(low, value));

/** Up to the next tenth, but for what arithmetic adds. */
export const upToTenth = (value: number): number => Math.ceil(10 * value - 1e-6) / 10;

/** Arithmetic mean; 0 of nothing. */
export const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;

/** Order of two texts by code unit, the same on every machine and locale. */
export const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
