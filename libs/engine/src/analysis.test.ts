import { defaultPenalties } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { confidence } from './confidence.ts';
import { costBenefit } from './cost-benefit.ts';
import { clusterHealth, healthScore } from './health.ts';
import { MIB } from './numbers.ts';
import { migrationRisk } from './risk.ts';
import { aGuest, aNode } from './testing/build.ts';

const config = defaultPenalties();
const guest = aGuest({ disk_read_bps: 40 * MIB, net_in_bps: 15 * MIB });
const [disk] = guest.disks ?? [];

test.each([
  [85, 80, 5, 59.75],
  [55, 60, 2, 41],
  [20, 30, 2, 19],
])('a node at %d/%d/%d %% → health score %d', (cpu, mem, iowait, expected) => {
  expect(healthScore(aNode({ cpu, mem, iowait }), config)).toBeCloseTo(expected, 9);
});

test('cluster health counts online nodes only', () => {
  const nodes = [
    aNode({ cpu: 85, mem: 80, iowait: 5 }),
    aNode({ cpu: 20, mem: 30, iowait: 2 }),
    aNode({ status: 'offline' }),
  ];
  expect(clusterHealth(nodes, config)).toBe(60.6);
  expect(clusterHealth([], config)).toBe(0);
});

test('a busy 8 GiB guest in a middling cluster → moderate risk, part by part', () => {
  const risk = migrationRisk(guest, 62);
  expect(risk).toMatchObject({ risk_score: 30.2, risk_level: 'moderate' });
  expect(risk.risk_factors.map((factor) => factor.risk_score)).toEqual([25, 50, 10, 35, 30]);
});

test('snapshots and a second disk make a move riskier, and are named', () => {
  const two = disk ? [disk, { ...disk, key: 'scsi1' }] : [];
  const risk = migrationRisk({ ...guest, disks: two, has_snapshots: true }, 62);
  expect(risk.risk_factors[2]).toMatchObject({ value: '2 disks with snapshots', risk_score: 50, risk: 'medium' });
  expect(risk.risk_score - migrationRisk(guest, 62).risk_score).toBeCloseTo(8, 1);
});

test.each([
  [8, 58.9],
  [15, 63.8],
  [20, 68.1],
  [25, 72.5],
  [40, 81.2],
  [60, 88.2],
  [600, 88.2],
])('an improvement of %d points → confidence %d', (improvement, expected) => {
  const metrics = { cpu_headroom: 60, mem_headroom: 50, cpu_trend: 'stable' };
  const sure = confidence({ guest, improvement, minScoreImprovement: 15, target: { metrics, total_penalties: 0 } });
  expect(sure).toBe(expected);
});

test('an evacuation that worsens a guest by 100 points → confidence never below 0', () => {
  const metrics = { cpu_headroom: 0, mem_headroom: 0, cpu_trend: 'rising' };
  const sure = confidence({
    guest,
    improvement: -100,
    minScoreImprovement: 15,
    target: { metrics, total_penalties: 90 },
  });
  expect(sure).toBeGreaterThanOrEqual(0);
});

test('a busy 8 GiB machine → cost 2.8', () => {
  expect(costBenefit(guest, { improvement: 40, confidence: 80 })).toEqual({
    ratio: 18.57,
    benefit_score: 52,
    cost_score: 2.8,
    est_duration_minutes: 2.8,
    viable: true,
  });
});

test('an idle 4 GiB container → cost 0.75, shown as 0.8', () => {
  const idle = aGuest({ type: 'CT', mem_max_gb: 4 });
  expect(costBenefit(idle, { improvement: 40, confidence: 80 })).toMatchObject({ ratio: 69.33, cost_score: 0.8 });
});

test('a disk that has to be copied → the move takes longer', () => {
  const local = { ...guest, disks: disk ? [{ ...disk, is_shared: false, size_gb: 600 }] : [] };
  expect(costBenefit(local, { improvement: 40, confidence: 80 })).toMatchObject({
    est_duration_minutes: 102.8,
    viable: false,
  });
});
