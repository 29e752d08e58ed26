import { z } from 'zod';
import { Instant, Percent } from './values.ts';

/** How a node did at a time, or on average over a bucket. */
export const NodeScorePoint = z
  .object({
    score: z.number().describe('Health score, lower is healthier'),
    suitability: Percent.describe('100 minus the score'),
    cpu: Percent,
    mem: Percent,
  })
  .meta({ id: 'NodeScorePoint' });
export type NodeScorePoint = z.infer<typeof NodeScorePoint>;

/** One generation of the past, or several put together into a bucket. */
export const ScoreHistoryEntry = z
  .object({
    timestamp: Instant.describe('Of the newest generation in it'),
    nodes: z.record(z.string(), NodeScorePoint).describe('By node: those that were online, a mean over the bucket'),
    cluster_health: Percent.nullable().describe('0 to 100, higher is healthier; null: no node was online'),
    recommendation_count: z.int().describe('Sum over the generations in it'),
    generation_count: z.int().describe('How many generations it is made of'),
  })
  .meta({ id: 'ScoreHistoryEntry' });
export type ScoreHistoryEntry = z.infer<typeof ScoreHistoryEntry>;

export const ScoreHistory = z
  .object({
    history: z.array(ScoreHistoryEntry).describe('Oldest first'),
    hours: z.int().describe('How far back it was looked'),
    bucket_minutes: z.int().describe('0: each generation is an entry'),
  })
  .meta({ id: 'ScoreHistory' });
export type ScoreHistory = z.infer<typeof ScoreHistory>;
