import type { Generation, GetForecasts, GetSkippedGuests, Settings } from '@proxbalance/contracts';
import type { z } from 'zod';

/** Guests that stay, filtered, then paged; reasons are counted over all of them. */
export function selectSkipped(
  { skipped_guests: all, generated_at }: Generation,
  { reason, offset = 0, limit }: z.output<NonNullable<typeof GetSkippedGuests.query>>,
) {
  const filtered = reason === undefined ? all : all.filter((guest) => guest.reason === reason);
  const page = filtered.slice(offset, limit === undefined ? undefined : offset + limit);
  return {
    skipped_guests: page,
    total_count: all.length,
    filtered_count: filtered.length,
    count: page.length,
    reason_counts: countReasons(all),
    generated_at,
  };
}

export function selectForecasts(
  { forecasts: all, generated_at }: Generation,
  { severity, node, metric }: z.output<NonNullable<typeof GetForecasts.query>>,
) {
  const forecasts = all.filter(
    (one) =>
      (severity === undefined || one.severity === severity) &&
      (node === undefined || one.node === node) &&
      (metric === undefined || one.metric === metric),
  );
  return { forecasts, count: forecasts.length, generated_at };
}

/** How a generation went; `collectedAt` is the time of the snapshot that is shown now. */
export function diagnosticsOf(
  generation: Generation,
  config: Settings['penalty_scoring'],
  at: number,
  collectedAt: string | null,
) {
  const { recommendations, skipped_guests, parameters, generated_at } = generation;
  const { min_score_improvement, weight_current, weight_24h, weight_7d } = config;
  const { cpu_threshold, mem_threshold } = parameters;
  return {
    last_generation: generated_at,
    generation_time_ms: generation.generation_time_ms,
    guests_evaluated: recommendations.length + skipped_guests.length,
    guests_recommended: recommendations.length,
    guests_skipped: skipped_guests.length,
    skip_reason_breakdown: countReasons(skipped_guests),
    scoring_config: { min_score_improvement, cpu_threshold, mem_threshold, weight_current, weight_24h, weight_7d },
    ai_enhanced: generation.ai_enhanced,
    cache_status: {
      cluster_cache_age_minutes: collectedAt === null ? null : minutesSince(collectedAt, at),
      recommendations_cache_age_minutes: minutesSince(generated_at, at),
    },
    conflicts_count: generation.conflicts.length,
    advisories_count: generation.capacity_advisories.length,
  };
}

function countReasons(skipped: Generation['skipped_guests']): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { reason } of skipped) counts[reason] = (counts[reason] ?? 0) + 1;
  return counts;
}

const minutesSince = (time: string, at: number): number => Math.max(0, Math.round((at - Date.parse(time)) / 6000) / 10);
