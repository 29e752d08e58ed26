/** Bytes of a size in GiB, whole */
export const bytesOf = (gib: number): number => Math.trunc(gib * 2 ** 30);
/** Whole MiB of bytes, rounded down */
export const mibOf = (bytes: number): number => Math.floor(bytes / 2 ** 20);

/** What a guest costs to move, in units of 256 MiB: its RAM (1 at least), and four times its local disks. */
export const moveCostOf = (memBytes: number, diskBytes: number): number =>
  Math.max(1, Math.floor(memBytes / 2 ** 28)) + 4 * Math.floor(diskBytes / 2 ** 28);

export const sum = (values: Iterable<number>): number => {
  let total = 0;
  for (const value of values) total += value;
  return total;
};
