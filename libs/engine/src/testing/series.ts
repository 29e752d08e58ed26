import type { NodeSample, ScoreRow } from '../trends/series.ts';

/** Sunday 8 February 2026, 10:00 UTC: the now of every series here. */
export const NOW = Date.UTC(2026, 1, 8, 10) / 1000;
const HOUR = 3600;

/** Rows of a node that end now; `value` is CPU by index, memory 50 % and I/O wait 2 % unless told otherwise. */
export const nodeSamples = (
  count: number,
  everyHours: number,
  cpu: (i: number) => number | null,
  parts: Partial<NodeSample> = {},
): NodeSample[] =>
  Array.from({ length: count }, (_, i) => ({
    at: NOW - (count - 1 - i) * everyHours * HOUR,
    cpu: cpu(i),
    memory: 50,
    iowait: 2,
    ...parts,
  }));

/** Score history of one node that ends now, an hour between rows; `cpu` is told the hours before now. */
export const scoreRows = (node: string, count: number, cpu: (hoursAgo: number) => number, everyHours = 1): ScoreRow[] =>
  Array.from({ length: count }, (_, i) => {
    const hoursAgo = (count - 1 - i) * everyHours;
    return { at: NOW - hoursAgo * HOUR, nodes: { [node]: { cpu: cpu(hoursAgo), mem: 40 } } };
  });
