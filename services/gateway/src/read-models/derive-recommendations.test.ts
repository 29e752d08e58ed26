import {
  defaultPenalties,
  GetDiagnostics,
  GetForecasts,
  GetSkippedGuests,
  type SkippedGuest,
} from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { aForecast, aGeneration } from '../../../../tests/support/nouns.ts';
import { success } from '../http/endpoint.ts';
import { diagnosticsOf, selectForecasts, selectSkipped } from './derive-recommendations.ts';

const stays = (vmid: number, reason: SkippedGuest['reason']): SkippedGuest => ({
  ...{ vmid, name: `g${vmid}`, type: 'VM', node: 'pve1', reason, detail: 'so' },
});
const skipped = [stays(100, 'stopped'), stays(101, 'ha_managed'), stays(102, 'stopped'), stays(103, 'stopped')];
const forecasts = [
  aForecast({ severity: 'critical' }),
  aForecast({ node: 'pve2' }),
  aForecast({ node: 'pve2', metric: 'memory' }),
];
const generation = aGeneration({ skipped_guests: skipped, forecasts });

test.each([
  [{}, [100, 101, 102, 103], 4],
  [{ reason: 'stopped' }, [100, 102, 103], 3],
  [{ reason: 'stopped', limit: 1, offset: 1 }, [102], 3],
  [{ limit: 0 }, [], 4],
  [{ offset: 9 }, [], 4],
  [{ reason: 'template' }, [], 0],
] as const)('who stays, by %o', (query, vmids, filtered) => {
  const answer = selectSkipped(generation, query);
  expect(answer.skipped_guests.map(({ vmid }) => vmid)).toEqual(vmids);
  expect(answer).toMatchObject({
    total_count: 4,
    filtered_count: filtered,
    count: vmids.length,
    reason_counts: { stopped: 3, ha_managed: 1 },
    generated_at: generation.generated_at,
  });
  expect(() => GetSkippedGuests.reply.parse(success(answer))).not.toThrow();
});

test.each([
  [{}, 3],
  [{ severity: 'critical' }, 1],
  [{ node: 'pve2' }, 2],
  [{ node: 'pve2', metric: 'cpu' }, 1],
  [{ node: 'pve9' }, 0],
] as const)('forecasts by %o: %i', (query, count) => {
  const answer = selectForecasts(generation, query);
  expect(answer).toMatchObject({ count, generated_at: generation.generated_at });
  expect(answer.forecasts).toHaveLength(count);
  expect(() => GetForecasts.reply.parse(success(answer))).not.toThrow();
});

test('diagnostics count everybody once, and tell ages in minutes', () => {
  const at = Date.parse(generation.generated_at) + 126_000;
  const diagnostics = diagnosticsOf(generation, defaultPenalties(), at, '2026-02-08T10:20:00.000Z');
  expect(diagnostics).toMatchObject({
    guests_evaluated: 5,
    guests_recommended: 1,
    guests_skipped: 4,
    skip_reason_breakdown: { stopped: 3, ha_managed: 1 },
    scoring_config: {
      min_score_improvement: 15,
      cpu_threshold: 60,
      weight_current: 0.5,
      weight_24h: 0.3,
      weight_7d: 0.2,
    },
    cache_status: { cluster_cache_age_minutes: 12.1, recommendations_cache_age_minutes: 2.1 },
    conflicts_count: 0,
    advisories_count: 0,
  });
  expect(() => GetDiagnostics.reply.parse(success({ diagnostics }))).not.toThrow();
  expect(diagnosticsOf(generation, defaultPenalties(), 0, null).cache_status).toEqual({
    cluster_cache_age_minutes: null,
    recommendations_cache_age_minutes: 0,
  });
});
