/** MiB as GiB with one decimal: what is used is rounded up and what there is down, so that too much always looks like it. */
export const gibUsed = (mib: number): string => (Math.ceil(mib / 102.4 - 1e-9) / 10).toFixed(1);
export const gibLimit = (mib: number): string => (Math.floor(mib / 102.4 + 1e-9) / 10).toFixed(1);

/** `a`, `a and b`, `a, b and c`, `a, b, c and 4 more` */
export const listed = (names: readonly string[]): string => {
  const shown = names.slice(0, names.length > 4 ? 3 : 4);
  const rest = names.length - shown.length;
  const all = rest > 0 ? [...shown, `${rest} more`] : shown;
  return all.length < 2 ? all.join('') : `${all.slice(0, -1).join(', ')} and ${all.at(-1)}`;
};

/** `arrives` for one, `arrive` for several */
export const verb = (word: string, count: number): string => (count === 1 ? `${word}s` : word);
