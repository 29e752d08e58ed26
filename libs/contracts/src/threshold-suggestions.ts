import { z } from 'zod';
import { TrendConfidence } from './trends.ts';
import { Percent } from './values.ts';

/** Thresholds that fit the cluster as it has been. */
export const ThresholdSuggestions = z
  .object({
    suggested_cpu_threshold: Percent,
    suggested_mem_threshold: Percent,
    suggested_iowait_threshold: Percent,
    confidence: TrendConfidence,
    summary: z.string(),
    reasoning: z.string().optional().describe('Why nothing could be suggested'),
    analysis_period: z.enum(['7 days', '24 hours']).nullable().describe('null: there is no history'),
    adjustments: z.array(
      z.object({
        factor: z.string(),
        value: z.string(),
        adjustment: z.string().describe('As text: +10%'),
        direction: z.enum(['increase', 'decrease', 'none']),
      }),
    ),
    cluster_stats: z
      .object({
        node_count: z.int(),
        cluster_size: z.enum(['minimal', 'small', 'medium', 'large', 'xlarge']),
        avg_cpu: Percent,
        max_cpu: Percent,
        avg_mem: Percent,
        max_mem: Percent,
        avg_iowait: Percent,
        cpu_variance: z.number().describe('Coefficient of variation between nodes, percent'),
        mem_variance: z.number().describe('Coefficient of variation between nodes, percent'),
        balance_status: z.enum(['balanced', 'imbalanced']),
        load_level: z.enum(['very high', 'high', 'moderate', 'low']),
        iowait_level: z.enum(['critical', 'high', 'elevated', 'normal']),
      })
      .nullable(),
  })
  .meta({ id: 'ThresholdSuggestions' });
export type ThresholdSuggestions = z.infer<typeof ThresholdSuggestions>;
