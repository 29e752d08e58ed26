import { z } from 'zod';

const points = (byDefault: number, when: string) =>
  z.number().min(0).max(1000).default(byDefault).describe(`Points; ${when}`);
const offset = (byDefault: number) =>
  z.number().min(0).max(100).default(byDefault).describe('Percentage points above the threshold');
const share = (byDefault: number) => z.number().min(0).max(1).default(byDefault).describe('Share of the blend, 0 to 1');

/** A hundredth, and what adding three binary fractions may lose: three weights of two decimals are judged as written. */
const weightTolerance = 0.01 + 1e-9;

/** What every disadvantage of a node costs. Tiers are exclusive: only the highest that applies counts. */
export const PenaltyConfig = z
  .strictObject({
    cpu_high_penalty: points(20, 'current CPU above the threshold'),
    cpu_very_high_penalty: points(50, 'current CPU above threshold + offset 1'),
    cpu_extreme_penalty: points(100, 'current CPU above threshold + offset 2'),
    mem_high_penalty: points(8, 'current memory above the threshold'),
    mem_very_high_penalty: points(20, 'current memory above threshold + offset 1'),
    mem_extreme_penalty: points(50, 'current memory above threshold + offset 2'),
    cpu_sustained_high: points(40, '7-day CPU average above 70 %'),
    cpu_sustained_very_high: points(80, '7-day CPU average above 80 %'),
    cpu_sustained_critical: points(150, '7-day CPU average above 90 %'),
    mem_sustained_high: points(10, '7-day memory average above 80 %'),
    mem_sustained_very_high: points(25, '7-day memory average above 90 %'),
    mem_sustained_critical: points(60, '7-day memory average above 95 %'),
    iowait_high_penalty: points(20, 'current I/O wait above 10 %'),
    iowait_very_high_penalty: points(40, 'current I/O wait above 20 %'),
    iowait_extreme_penalty: points(80, 'current I/O wait above 30 %'),
    iowait_sustained_elevated: points(15, '7-day I/O wait average above 10 %'),
    iowait_sustained_high: points(30, '7-day I/O wait average above 15 %'),
    iowait_sustained_critical: points(60, '7-day I/O wait average above 20 %'),
    cpu_trend_rising_penalty: points(15, 'CPU rising; doubled and tripled when faster'),
    mem_trend_rising_penalty: points(0, 'memory rising; 0 turns it off'),
    cpu_spike_moderate: points(5, '7-day CPU maximum above 70 %'),
    cpu_spike_high: points(10, '7-day CPU maximum above 80 %'),
    cpu_spike_very_high: points(20, '7-day CPU maximum above 90 %'),
    cpu_spike_extreme: points(30, '7-day CPU maximum above 95 %'),
    mem_spike_moderate: points(2, '7-day memory maximum above 85 %'),
    mem_spike_high: points(5, '7-day memory maximum above 90 %'),
    mem_spike_very_high: points(10, '7-day memory maximum above 95 %'),
    mem_spike_extreme: points(20, '7-day memory maximum above 98 %'),
    predicted_cpu_over_penalty: points(25, 'CPU after the move above the threshold'),
    predicted_cpu_high_penalty: points(50, 'CPU after the move above threshold + offset 1'),
    predicted_cpu_extreme_penalty: points(100, 'CPU after the move above threshold + offset 2'),
    predicted_mem_over_penalty: points(10, 'memory after the move above the threshold'),
    predicted_mem_high_penalty: points(25, 'memory after the move above threshold + offset 1'),
    predicted_mem_extreme_penalty: points(50, 'memory after the move above threshold + offset 2'),
    mem_overcommit_penalty: points(8, 'committed memory just above 1.2 times the node'),
    mem_overcommit_high_penalty: points(25, 'committed memory from 2 times the node'),
    cpu_threshold_offset_1: offset(10),
    cpu_threshold_offset_2: offset(20),
    mem_threshold_offset_1: offset(10),
    mem_threshold_offset_2: offset(20),
    min_score_improvement: z.number().min(0).max(1000).default(15).describe('Points a move must gain'),
    maintenance_score_boost: points(100, 'added to a source in maintenance'),
    iowait_score_boost: points(30, 'added to a source under I/O pressure'),
    iowait_exempt_enabled: z.boolean().default(true).describe('Honour the I/O-wait exemption of nodes'),
    source_mem_migration_floor: z
      .number()
      .min(0)
      .max(100)
      .default(65)
      .describe('Percent of memory below which a source is left alone'),
    weight_current: share(0.5),
    weight_24h: share(0.3),
    weight_7d: share(0.2),
    cluster_convergence_threshold: z
      .number()
      .min(1)
      .max(20)
      .default(8)
      .describe('Spread in percentage points below which nothing is moved'),
    seasonal_baseline: z
      .strictObject({
        enabled: z.boolean().default(false),
        sigma_threshold: z.number().min(1).max(5).default(2),
      })
      .prefault({}),
  })
  .refine((config) => Math.abs(weightsOf(config) - 1) <= weightTolerance, {
    error: ({ input }) =>
      `weight_current + weight_24h + weight_7d must be 1, not ${Number(weightsOf(input as Weights).toFixed(4))}`,
    path: ['weight_current'],
  })
  .meta({ id: 'PenaltyConfig' });
export type PenaltyConfig = z.output<typeof PenaltyConfig>;

type Weights = { weight_current: number; weight_24h: number; weight_7d: number };
const weightsOf = (config: Weights): number => config.weight_current + config.weight_24h + config.weight_7d;

export const defaultPenalties = (): PenaltyConfig => PenaltyConfig.parse({});

/** Sets of penalties that go together, in the order in which they are looked for. */
export const PenaltyPresetName = z.enum(['conservative', 'balanced', 'aggressive', 'cpu_focus', 'memory_focus']);
export type PenaltyPresetName = z.infer<typeof PenaltyPresetName>;
