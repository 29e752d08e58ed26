/** Median of some figures. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Prints rows under a heading, columns aligned. */
export function printTable(heading: string, rows: readonly (readonly [string, string | number])[]): void {
  console.log(`\n${heading}`);
  const width = Math.max(...rows.map(([name]) => name.length));
  for (const [name, value] of rows) console.log(`  ${name.padEnd(width)}  ${value}`);
}

/** Sizes named on the command line (`8x200 64x10000`), or the two that every benchmark shows. */
export function sizes(args: readonly string[]): { label: string; nodes: number; guests: number }[] {
  const chosen = args.length > 0 ? args : ['8x200', '64x10000'];
  return chosen.map((label) => {
    const [nodes = 0, guests = 0] = label.split('x').map(Number);
    return { label, nodes, guests };
  });
}
