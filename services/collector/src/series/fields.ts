/** What is measured of a node: percent, load average, MiB/s, percent of time stalled (PSI). */
export const nodeFields = [
  'cpu',
  'mem',
  'iowait',
  'load',
  'net_in',
  'net_out',
  'psi_cpu',
  'psi_io',
  'psi_mem',
] as const;

/** What is measured of a guest: percent of its own vCPUs and memory, MiB/s. */
export const guestFields = ['cpu', 'mem', 'disk_read', 'disk_write', 'net_in', 'net_out'] as const;

export type SeriesKind = 'node' | 'guest';

export const fieldsOf = (kind: SeriesKind): readonly string[] => (kind === 'node' ? nodeFields : guestFields);

/** Measured values in the order of the fields; `NaN` where a value is missing. Missing never becomes 0. */
export type Values = readonly number[];

/** One raw sample: a bucket of time, and the mean of what was seen in it. */
export type RawSample = {
  /** Begin of the bucket, Unix seconds. */
  at: number;
  /** Guests: number of the node it ran on; nodes: how many guests ran there. */
  place: number;
  /** How many looks the means are made of. */
  count: number;
  values: Values;
};

/** One value over a longer bucket. Without a single sample there is no statistic. */
export type Statistic = { count: number; avg: number; min: number; max: number; p95: number };

/** A longer bucket: a statistic for each field, null where nothing was measured. */
export type Summary = { at: number; place: number; statistics: readonly (Statistic | null)[] };
