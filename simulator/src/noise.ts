/** Uniform in [0, 1), a pure function of two integers: history needs no memory and a seed repeats it. */
export function hashUnit(seed: number, index: number): number {
  let mixed = Math.imul(seed ^ 0x9e3779b9, 0x85ebca6b) ^ Math.imul(index + 0x7f4a7c15, 0xc2b2ae35);
  mixed ^= mixed >>> 15;
  mixed = Math.imul(mixed, 0x2c1b3c6d);
  mixed ^= mixed >>> 12;
  mixed = Math.imul(mixed, 0x297a2d39);
  mixed ^= mixed >>> 15;
  return (mixed >>> 0) / 4294967296;
}

/** A seeded sequence in [0, 1) (mulberry32), for generators and demo data. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** Smooth noise in [-1, 1] that wanders over `periodMs` with a little jitter every 10 s. */
export function wander(seed: number, atMs: number, periodMs: number): number {
  const position = atMs / periodMs;
  const step = Math.floor(position);
  const from = hashUnit(seed, step);
  const to = hashUnit(seed, step + 1);
  const jitter = hashUnit(seed + 1, Math.floor(atMs / 10_000));
  return (from + (to - from) * (position - step)) * 1.5 + jitter * 0.5 - 1;
}
