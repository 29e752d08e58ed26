import { z } from 'zod';
import { TrendConfidence } from './trends.ts';
import { HourOfDay, HoursOfDay, NodeName, Percent } from './values.ts';

const DailyPattern = z.object({
  cycle_type: z.literal('daily'),
  peak_hours: HoursOfDay,
  trough_hours: HoursOfDay,
  peak_avg_cpu: Percent,
  trough_avg_cpu: Percent,
  business_hours_avg: Percent.describe('08:00 to 18:00'),
  off_hours_avg: Percent,
  spread: z.number(),
  pattern_confidence: TrendConfidence,
});

const Weekday = z.enum(['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']);

const WeeklyPattern = z.object({
  cycle_type: z.literal('weekly'),
  peak_days: z.array(Weekday),
  weekday_avg: Percent,
  weekend_avg: Percent,
  spread: z.number(),
  pattern_confidence: TrendConfidence,
});

/** How the CPU of a node follows the day and the week. */
export const WorkloadPattern = z
  .object({
    node: NodeName,
    data_points: z.int(),
    daily_pattern: DailyPattern.nullable(),
    weekly_pattern: WeeklyPattern.nullable(),
    burst_detection: z.object({
      detected: z.boolean(),
      recurring_bursts: z.int(),
      burst_hours: HoursOfDay,
      avg_burst_cpu: Percent.optional(),
      threshold_used: Percent.optional(),
    }),
    quiet_window: z
      .object({ start_hour: HourOfDay, end_hour: HourOfDay.describe('The first hour after it'), avg_cpu: Percent })
      .nullable()
      .describe('The quietest hours in a row, four at most'),
    recommendation_timing: z.string().nullable(),
    time_zone: z.string().describe('IANA zone that all hours and days are in'),
  })
  .meta({ id: 'WorkloadPattern' });
export type WorkloadPattern = z.infer<typeof WorkloadPattern>;
