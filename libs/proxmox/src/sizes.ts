const BINARY = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];
const DECIMAL = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];

/** `515.4 MiB` in bytes; null when it is not a size. Whole bytes, as exact as one decimal allows. */
export const parseSize = (text: string): number | null => {
  const match = /^([\d.]+) ?([A-Za-z]+)$/.exec(text.trim());
  if (match === null) return null;
  const [, amount = '', unit = ''] = match;
  const binary = BINARY.indexOf(unit);
  const factor = binary >= 0 ? 1024 ** binary : 1000 ** DECIMAL.indexOf(unit);
  const bytes = Math.round(Number(amount) * factor);
  return Number.isFinite(bytes) && (binary >= 0 || DECIMAL.includes(unit)) ? bytes : null;
};

/** ZFS's short form, binary: `2.5G`, `624K`, `312B`; null when it is not one. */
export const parseShortSize = (text: string): number | null => {
  const match = /^([\d.]+)([BKMGTP]?)$/.exec(text);
  if (match === null) return null;
  const [, amount = '', unit = ''] = match;
  return Math.round(Number(amount) * 1024 ** Math.max(0, 'BKMGTP'.indexOf(unit === '' ? 'B' : unit)));
};

/** `1h 2m 3s` or `16s` in seconds. */
export const parseDuration = (text: string): number => {
  const factors: Record<string, number> = { d: 86_400, h: 3_600, m: 60, s: 1 };
  const parts = [...text.matchAll(/(\d+)\s?([dhms])/g)];
  return parts.reduce((sum, [, amount = '0', unit = 's']) => sum + Number(amount) * (factors[unit] ?? 0), 0);
};
