import type { NodeSample } from '@proxbalance/proxmox';

/** At most so many times the finest step: half an hour among minutes, and some. */
const coarsest = 60;

/** Rows of before the upgrade from 8 to 9 are coarser than those behind them: each counts for all the steps it stands for. */
export function evenly(rows: readonly NodeSample[]): readonly NodeSample[] {
  const steps = rows.slice(1).map((row, index) => row.at.getTime() - (rows[index]?.at.getTime() ?? 0));
  const finest = Math.min(...steps.filter((step) => step > 0));
  const spans = [steps[0] ?? finest, ...steps].map((step) => Math.round(step / finest));
  if (!Number.isFinite(finest) || spans.every((span) => span === 1)) return rows;
  return rows.flatMap((row, index) => Array(Math.min(coarsest, Math.max(1, spans[index] ?? 1))).fill(row));
}
