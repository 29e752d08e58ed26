import type { Recommendation } from '@proxbalance/contracts';
import { csvOf } from './csv.ts';

const columns = [
  'vmid',
  'name',
  'type',
  'source_node',
  'target_node',
  'reason',
  'score_improvement',
  'confidence_score',
  'priority',
  'risk_level',
  'risk_score',
  'mem_gb',
] as const satisfies readonly (keyof Recommendation)[];

/** Recommendations as CSV. */
export const recommendationsCsv = (recommendations: readonly Recommendation[]): string =>
  csvOf(columns, recommendations);
