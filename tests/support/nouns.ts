import type {
  Forecast,
  Generation,
  Migration,
  MigrationOutcome,
  Recommendation,
  ScoreDetails,
} from '@proxbalance/contracts';

/*
 * Nouns of the contracts, complete and plain: a test names only what matters to it.
 */

const at = '2026-02-08T10:30:00.000Z';

export const aRecommendation = (parts: Partial<Recommendation> = {}): Recommendation => ({
  vmid: 100,
  name: `guest-${parts.vmid ?? 100}`,
  type: 'VM',
  source_node: 'pve1',
  target_node: 'pve2',
  target_node_score: 28,
  suitability_rating: 72,
  score_improvement: 60,
  priority: 'medium',
  reason: 'pve1 is busy, pve2 has room',
  structured_reason: {
    primary_reason: 'cpu_imbalance',
    primary_label: 'CPU imbalance',
    contributing_factors: [{ factor: 'source_cpu', value: 80, severity: 'high', label: 'source CPU 80 %' }],
    summary: 'pve1 is busy, pve2 has room',
  },
  score_details: { source: someDetails, target: someDetails },
  mem_gb: 8,
  command: `qm migrate ${parts.vmid ?? 100} pve2 --online`,
  confidence_score: 80,
  risk_score: 10,
  risk_level: 'low',
  risk_factors: [],
  decision_explanation: 'to pve2, +60 points',
  trend_evidence: { available: false, reason: 'too little history' },
  cost_benefit: { ratio: 10, benefit_score: 60, cost_score: 6, est_duration_minutes: 2, viable: true },
  ...parts,
});

export const aGeneration = (parts: Partial<Generation> = {}): Generation => {
  const recommendations = parts.recommendations ?? [aRecommendation()];
  const load = { node_scores: { pve1: { cpu: 80, mem: 70, guest_count: 2 } }, score_variance: 100 };
  return {
    recommendations,
    skipped_guests: [],
    summary: {
      total_recommendations: recommendations.length,
      total_skipped: 0,
      total_improvement: 60,
      reasons_breakdown: [],
      cluster_health: 60,
      predicted_health: 80,
      avg_cpu: 45,
      avg_mem: 45,
      urgency: 'medium',
      urgency_label: 'clear imbalance',
      skip_reasons: {},
      batch_impact: {
        before: load,
        after: load,
        improvement: { health_delta: 20, variance_reduction_pct: 50, all_nodes_improved: false },
      },
    },
    conflicts: [],
    capacity_advisories: [],
    execution_plan: {},
    count: recommendations.length,
    forecasts: [],
    ai_enhanced: false,
    snapshot_id: 's1',
    snapshot_collected_at: at,
    generation_time_ms: 12,
    generated_at: at,
    parameters: { cpu_threshold: 60, mem_threshold: 70, iowait_threshold: 30, maintenance_nodes: [] },
    changes_since_last: null,
    ...parts,
  };
};

export const aForecast = (parts: Partial<Forecast> = {}): Forecast => ({
  type: 'forecast',
  node: 'pve1',
  metric: 'cpu',
  current_value: 56,
  threshold: 60,
  projected_value: 64,
  projected_low: 61,
  projected_high: 67,
  trend_rate_per_day: 4,
  estimated_hours_to_crossing: 24,
  confidence: 'high',
  r_squared: 0.9,
  message: 'pve1 CPU will cross 60% in about 24 h',
  severity: 'warning',
  ...parts,
});

/** A move that was accepted and waits for its turn. */
export const aMigration = (parts: Partial<Migration> = {}): Migration => ({
  migration_id: '00000000-0000-4000-8000-000000000001',
  vmid: 100,
  name: 'web',
  type: 'VM',
  source_node: 'pve1',
  target_node: 'pve2',
  state: 'queued',
  trigger: 'manual',
  requested_by: 'local',
  requested_at: at,
  started_at: null,
  finished_at: null,
  task_id: null,
  child_task_id: null,
  progress: null,
  waiting_for: null,
  checks: [],
  final_node: null,
  warnings: false,
  cancel_requested: false,
  error: null,
  timeline: [],
  ...parts,
});

/** A move that was judged after a day. */
export const anOutcome = (parts: Partial<MigrationOutcome> = {}): MigrationOutcome => {
  const shift = { source_cpu_delta: 10, source_mem_delta: 10, target_cpu_delta: -10, target_mem_delta: -10 };
  const look = { cpu: 60, mem: 60, iowait: 1, guest_count: 5 };
  const snapshot = { timestamp: at, source_node: look, target_node: look };
  return {
    key: `100_${at}`,
    migration_id: '00000000-0000-4000-8000-000000000001',
    vmid: 100,
    guest_type: 'VM',
    source_node: 'pve1',
    target_node: 'pve2',
    completed_at: at,
    status: 'completed',
    pre_migration: snapshot,
    post_5min: snapshot,
    post_1h: snapshot,
    post_24h: snapshot,
    post_migration: snapshot,
    predicted: shift,
    predicted_improvement: 10,
    actual_improvement: shift,
    sustained_improvement: shift,
    accuracy_pct: 100,
    source_verdict: 'beneficial',
    target_verdict: 'neutral',
    verdict: 'beneficial',
    notes: [],
    ...parts,
  };
};

const someDetails: ScoreDetails = {
  penalties: { current_cpu: 20 },
  total_penalties: 20,
  components: { health_score: 40, predicted_health: 40, headroom_score: 30, storage_score: 40 },
  component_weights: { health: 0.25, predicted: 0.25, headroom: 0.25, storage: 0.25 },
  metrics: {
    weighted_cpu: 80,
    weighted_mem: 70,
    weighted_iowait: 1,
    immediate_cpu: 80,
    immediate_mem: 70,
    immediate_iowait: 1,
    predicted_cpu: 80,
    predicted_mem: 70,
    predicted_iowait: 1,
    cpu_headroom: 20,
    mem_headroom: 30,
    cpu_trend: 'stable',
    mem_trend: 'stable',
    max_cpu_week: 90,
    max_mem_week: 75,
  },
  total_score: 57,
};
