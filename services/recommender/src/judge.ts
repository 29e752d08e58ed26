import {
  type ClusterSnapshot,
  type Forecast,
  type Generation,
  type GuestMove,
  type GuestProfile,
  type JudgedWith,
  type JudgementInput,
  type Migration,
  type NodeTrend,
  RefusedError,
  type Settings,
  type Thresholds,
} from '@proxbalance/contracts';
import {
  changesSince,
  forecastThresholds,
  movesByNode,
  type PastGeneration,
  recommend,
  suggestThresholds,
} from '@proxbalance/engine';
import type { z } from 'zod';
import type { Learned } from './learning/learning.ts';

export type Wishes = z.output<typeof JudgementInput>;

/** The settings a judgement goes by. */
export type JudgeSettings = Pick<
  Settings,
  | 'penalty_scoring'
  | 'recommendation_thresholds'
  | 'maintenance_nodes'
  | 'time_zone'
  | 'migration_limits'
  | 'distribution_balancing'
  | 'automated_migrations'
>;

export type JudgeInput = {
  snapshot: ClusterSnapshot;
  settings: JudgeSettings;
  /** What the caller wants otherwise than the settings say. */
  wishes: Wishes;
  /** Moves that were accepted and have not ended. */
  active: readonly Pick<Migration, 'vmid' | 'source_node' | 'target_node'>[];
  previous: PastGeneration | null;
  /** Trends of nodes, by name. */
  trends?: Readonly<Record<string, NodeTrend>> | undefined;
  /** How guests behave, by vmid. */
  profiles?: Readonly<Record<string, GuestProfile>> | undefined;
  /** Guests that changed their node of late. */
  moves?: readonly GuestMove[] | undefined;
  /** What earlier generations and people left. */
  learned: Learned;
  /** What it says it knew of the past. */
  judgedWith?: JudgedWith | undefined;
  now: () => Date;
};

/** One generation from one snapshot. The judgement itself is the engine's and knows no time. */
export function judge(input: JudgeInput): Generation {
  const { snapshot, settings, wishes, active, previous, trends, profiles, moves, learned, judgedWith, now } = input;
  const started = performance.now();
  const { thresholds, maintenanceNodes } = judgementParameters(snapshot, settings, wishes);
  const judgement = recommend({
    snapshot,
    thresholds,
    config: settings.penalty_scoring,
    maintenanceNodes,
    inFlight: active.map(({ vmid, source_node, target_node }) => ({ vmid, source_node, target_node })),
    trends,
    profiles,
    moves,
    scoreHistory: learned.history,
    timeZone: settings.time_zone,
    feedback: learned.feedback,
    outcomes: learned.outcomes,
    ...moveSettings(settings),
  });
  const generatedAt = now().toISOString();
  const ageMs = Date.parse(generatedAt) - Date.parse(snapshot.collected_at);
  return {
    ...judgement,
    count: judgement.recommendations.length,
    forecasts: forecastsOf(snapshot, { ...learned, moves }, thresholds),
    threshold_suggestions: suggestThresholds(Object.values(snapshot.nodes)),
    ai_enhanced: false,
    snapshot_id: snapshot.snapshot_id,
    snapshot_collected_at: snapshot.collected_at,
    snapshot_age_seconds: Math.max(0, Math.round(ageMs / 1000)),
    judged_with: judgedWith,
    previous_count: previous ? previous.recommendations.length : null,
    generation_time_ms: Math.round(performance.now() - started),
    generated_at: generatedAt,
    parameters: { ...thresholds, maintenance_nodes: maintenanceNodes },
    changes_since_last: changesSince(previous, {
      generated_at: generatedAt,
      recommendations: judgement.recommendations,
    }),
  };
}

/** Where the nodes that are online are heading, from the past and what they are at now; guests that moved are no trend. */
function forecastsOf(
  { nodes, collected_at }: ClusterSnapshot,
  { history, moves = [] }: Pick<Learned, 'history'> & Pick<JudgeInput, 'moves'>,
  thresholds: Thresholds,
): Forecast[] {
  const online = Object.values(nodes).filter(({ status }) => status === 'online');
  const load = online.map(({ name, metrics }) => [name, { cpu: metrics.current_cpu, mem: metrics.current_mem }]);
  const now = Date.parse(collected_at) / 1000;
  return forecastThresholds({
    history: [...history, { at: now, nodes: Object.fromEntries(load) }],
    nodes: online.map(({ name }) => name),
    thresholds,
    moves: movesByNode(
      moves.map(({ at, source_node: from, target_node: to }) => ({ at: Date.parse(at) / 1000, from, to })),
    ),
    now,
  });
}

/** What the settings say about moves beside their scores. */
export const moveSettings = (
  settings: Pick<JudgeSettings, 'migration_limits' | 'distribution_balancing' | 'automated_migrations'>,
) => ({
  limits: settings.migration_limits,
  distribution: settings.distribution_balancing,
  respectAffinity: settings.automated_migrations.rules.respect_affinity_rules,
  safety: settings.automated_migrations.safety_checks,
});

/** Thresholds and maintenance nodes in force: the settings', where the caller has no wish. Names of unknown nodes are refused. */
export function judgementParameters(
  snapshot: ClusterSnapshot,
  settings: Pick<JudgeSettings, 'recommendation_thresholds' | 'maintenance_nodes'>,
  wishes: Wishes,
) {
  // By own keys only: `constructor` is something every object has, and no node.
  const isNode = (name: string) => Object.hasOwn(snapshot.nodes, name);
  const unknown = wishes.maintenance_nodes?.filter((name) => !isNode(name)) ?? [];
  if (unknown.length > 0) {
    const details = unknown.map((name) => ({ path: 'maintenance_nodes', message: `no node ${name} in the cluster` }));
    throw new RefusedError('node-not-found', `unknown node: ${unknown.join(', ')}`, details);
  }
  const saved = settings.recommendation_thresholds;
  return {
    thresholds: {
      cpu_threshold: wishes.cpu_threshold ?? saved.cpu_threshold,
      mem_threshold: wishes.mem_threshold ?? saved.mem_threshold,
      iowait_threshold: wishes.iowait_threshold ?? saved.iowait_threshold,
    },
    maintenanceNodes: wishes.maintenance_nodes ?? settings.maintenance_nodes.filter(isNode),
  };
}
