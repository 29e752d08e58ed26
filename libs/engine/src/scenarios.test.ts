import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  type ClusterSnapshot,
  type DistributionBalancing,
  defaultPenalties,
  type Guest,
  Judgement,
  type Thresholds,
} from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import type { InFlightMove } from './recommend/problem.ts';
import { recommend } from './recommend/recommend.ts';
import { aCluster, aGuest, aNode, withTags } from './testing/build.ts';

type Scenario = {
  nodes: Parameters<typeof aNode>[0][];
  guests: (Omit<Partial<Guest>, 'tags'> & { tags?: string[] | null })[];
  snapshot?: Partial<ClusterSnapshot>;
  thresholds?: Thresholds;
  maintenance?: string[];
  in_flight?: InFlightMove[];
  distribution?: DistributionBalancing;
  respect_affinity?: boolean;
};

type Expected = {
  moves: [vmid: number, source: string, target: string][];
  skipped: Record<string, string>;
  commands?: string[];
  /** Groups of the execution plan, by vmid */
  plan?: number[][];
  conflicts?: string[];
  advisories?: string[];
  convergence?: string;
};

const folder = resolve(import.meta.dirname, '../scenarios');
const names = readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
  entry.isDirectory() ? [entry.name] : [],
);
const read = (name: string, file: string) => JSON.parse(readFileSync(resolve(folder, name, file), 'utf8'));

test.each(names.sort())('%s', (name) => {
  const expected: Expected = read(name, 'expected.json');
  const judgement = judge(read(name, 'cluster.json'));
  expect(() => Judgement.parse(judgement)).not.toThrow();
  const moves = judgement.recommendations.map((one) => [one.vmid, one.source_node, one.target_node]);
  const skipped = Object.fromEntries(judgement.skipped_guests.map((one) => [String(one.vmid), one.reason]));
  expect({ moves, skipped }).toEqual({ moves: expected.moves, skipped: expected.skipped });
  if (expected.commands) expect(judgement.recommendations.map((one) => one.command)).toEqual(expected.commands);
  if (expected.conflicts) expect(judgement.conflicts.map((one) => one.target_node)).toEqual(expected.conflicts);
  if (expected.plan) expect(planOf(judgement)).toEqual(expected.plan);
  if (expected.advisories) expect(judgement.capacity_advisories.map((one) => one.type)).toEqual(expected.advisories);
  expect(judgement.summary.convergence_message ?? '').toContain(expected.convergence ?? '');
  expect(readFileSync(resolve(folder, name, 'README.md'), 'utf8')).toMatch(/Must happen: .+\n\nMust not happen: .+/);
});

const planOf = ({ execution_plan: plan, recommendations }: Judgement) =>
  'parallel_groups' in plan ? plan.parallel_groups.map((group) => group.map((i) => recommendations[i]?.vmid)) : [];

const judge = (scenario: Scenario): Judgement =>
  recommend({
    snapshot: aCluster(
      scenario.nodes.map((node) => aNode(node)),
      scenario.guests.map(({ tags, ...parts }) =>
        aGuest({ ...parts, tags: tags === null ? null : withTags(...(tags ?? [])) }),
      ),
      scenario.snapshot,
    ),
    thresholds: scenario.thresholds ?? { cpu_threshold: 60, mem_threshold: 70, iowait_threshold: 30 },
    config: defaultPenalties(),
    maintenanceNodes: scenario.maintenance ?? [],
    inFlight: scenario.in_flight,
    distribution: scenario.distribution,
    respectAffinity: scenario.respect_affinity,
  });
