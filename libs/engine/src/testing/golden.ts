import { defaultPenalties, type Guest, type Node, type PenaltyConfig } from '@proxbalance/contracts';
import { healthScore } from '../health.ts';
import { type GuestHabit, predictLoad } from '../load.ts';
import { migrationRisk } from '../risk.ts';
import { targetScore } from '../target-score.ts';
import { aGuest, aNode, noMountPoints } from './build.ts';

/*
 * Golden vectors: inputs with the results of the earlier system. Their nodes and guests carry only the fields that matter;
 * the rest is filled in from the builders.
 */

type VectorGuest = Omit<Partial<Guest>, 'local_disks' | 'mount_points' | 'tags'> & {
  mount_points: { has_shared_mount: boolean };
  local_disks: { disk_count: number };
};
type VectorNode = Omit<Partial<Node>, 'metrics' | 'storage'> & {
  metrics: Partial<Node['metrics']>;
  storage: { active: boolean; usage_pct: number }[];
};
type Json = Record<string, unknown>;

export type Vector =
  | { fn: 'health_score'; node: VectorNode; result: number }
  | {
      fn: 'predicted_load';
      node: VectorNode;
      guest: VectorGuest;
      adding: boolean;
      profile: GuestHabit | null;
      result: Json;
    }
  | { fn: 'migration_risk'; guest: VectorGuest; cluster_health: number; result: Json }
  | ({ fn: 'target_score'; node: VectorNode; guest: VectorGuest; adding: boolean; profile: GuestHabit | null } & {
      pending: Record<string, VectorGuest[]>;
      cpu_threshold: number;
      mem_threshold: number;
      weights: [current: number, day: number, week: number];
      result: number;
      details: Json;
    });

/** Where the engine's answer to a vector differs, one line each; empty when it matches. */
export const differences = (vector: Vector): string[] => {
  const config = defaultPenalties();
  switch (vector.fn) {
    case 'health_score':
      return compare('result', healthScore(nodeOf(vector.node), config), vector.result, 1e-9);
    case 'predicted_load': {
      const options = { adding: vector.adding, config, profile: vector.profile };
      return compare('result', predictLoad(nodeOf(vector.node), guestOf(vector.guest), options), vector.result, 1e-9);
    }
    case 'migration_risk':
      return compare('result', riskOf(vector.guest, vector.cluster_health), vector.result, 0);
    case 'target_score':
      return compareScore(vector, config);
    default:
      return [`unknown function ${JSON.stringify((vector as Json).fn)}`];
  }
};

const compareScore = (vector: Extract<Vector, { fn: 'target_score' }>, defaults: PenaltyConfig): string[] => {
  const [weight_current, weight_24h, weight_7d] = vector.weights;
  const node = nodeOf(vector.node);
  const { score, details } = targetScore({
    node,
    guest: guestOf(vector.guest),
    pending: (vector.pending[node.name] ?? []).map(guestOf),
    thresholds: vector,
    config: { ...defaults, weight_current, weight_24h, weight_7d },
    adding: vector.adding,
    profile: vector.profile,
  });
  const { explanations: _, penalty_readings: __, ...parts } = details;
  return [...compare('result', score, vector.result, 1e-6), ...compare('details', parts, vector.details, 0)];
};

const riskOf = (guest: VectorGuest, health: number) => {
  const { risk_factors, ...risk } = migrationRisk(guestOf(guest), health);
  return {
    ...risk,
    risk_factors: risk_factors.map(({ factor, risk: level, risk_score }) => ({ factor, risk: level, risk_score })),
  };
};

const nodeOf = ({ metrics, storage, ...parts }: VectorNode): Node =>
  aNode({
    ...parts,
    metrics: { max_cpu: 0, max_mem: 0, ...metrics },
    storage: storage.map((one) => ({ ...aNode().storage[0], ...one }) as Node['storage'][number]),
  });

const guestOf = ({ local_disks, mount_points, ...parts }: VectorGuest): Guest => {
  const disk = { storage: 's', volume: 'v', size_gb: 1, is_cdrom: false, is_shared: true };
  return aGuest({
    ...parts,
    mount_points: { ...noMountPoints(), has_shared_mount: mount_points.has_shared_mount },
    disks: Array.from({ length: local_disks.disk_count }, (_, i) => ({ ...disk, key: `scsi${i}` })),
  });
};

const compare = (path: string, ours: unknown, theirs: unknown, tolerance: number): string[] => {
  if (typeof ours === 'number' && typeof theirs === 'number' && Math.abs(ours - theirs) <= tolerance) return [];
  if (ours === theirs) return [];
  if (typeof ours !== 'object' || typeof theirs !== 'object' || ours === null || theirs === null)
    return [`${path}: expected ${JSON.stringify(theirs)}, got ${JSON.stringify(ours)}`];
  const keys = [...new Set([...Object.keys(theirs), ...Object.keys(ours)])];
  return keys.flatMap((key) => compare(`${path}.${key}`, (ours as Json)[key], (theirs as Json)[key], tolerance));
};
