import { ExecutionPlan, type MigrationLimits } from '@proxbalance/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runs } from '../../../../tests/support/properties.ts';
import { memoryClaim } from '../filters/target/memory.ts';
import { problemOf } from '../recommend/problem.ts';
import { recommend } from '../recommend/recommend.ts';
import { moveGuest } from '../state/cluster-state.ts';
import { smallCluster } from '../testing/arbitrary.ts';

const limits: fc.Arbitrary<MigrationLimits> = fc.record({
  cluster: fc.integer({ min: 1, max: 8 }),
  per_source: fc.integer({ min: 1, max: 4 }),
  per_target: fc.integer({ min: 1, max: 4 }),
});

const distribution = { enabled: true, guest_count_threshold: 2, max_cpu_cores: 0, max_memory_gb: 0 };

test('every recommendation is a step, and room, exclude tags and limits hold while each group runs', () => {
  fc.assert(
    fc.property(smallCluster, limits, (input, allowed) => {
      const { recommendations, execution_plan } = recommend({ ...input, limits: allowed, distribution });
      const plan = ExecutionPlan.safeParse(execution_plan);
      if (!plan.success) {
        expect(recommendations).toEqual([]);
        return;
      }
      const { ordered_recommendations: steps, parallel_groups, deferred } = plan.data;
      expect(deferred).toBeUndefined();
      expect(parallel_groups.flat().sort((a, b) => a - b)).toEqual(recommendations.map((_, i) => i));
      expect(steps.map((one) => one.vmid)).toEqual(parallel_groups.flat().map((i) => recommendations[i]?.vmid));
      const { state } = problemOf(input);
      const at = (name: string) => state.byName.get(name);
      for (let group = 1; group <= parallel_groups.length; group += 1) {
        const running = steps.filter((one) => one.parallel_group === group);
        expect(running.length).toBeLessThanOrEqual(allowed.cluster);
        for (const [end, most] of [
          ['source_node', allowed.per_source],
          ['target_node', allowed.per_target],
        ] as const)
          for (const same of Map.groupBy(running, (one) => one[end]).values())
            expect(same.length).toBeLessThanOrEqual(most);
        for (const { vmid, target_node } of running) {
          const guest = input.snapshot.guests[String(vmid)];
          if (!guest) throw new Error(`no guest ${vmid}`);
          for (const tag of guest.tags?.exclude_groups ?? []) expect(at(target_node)?.tags.get(tag) ?? 0).toBe(0);
          const { usedGb = 0, reservedGb = 0, base } = at(target_node) ?? {};
          if (guest.status === 'running')
            expect(usedGb + reservedGb + memoryClaim(guest)).toBeLessThanOrEqual(
              0.95 * (base?.total_mem_gb ?? 0) + 1e-9,
            );
          moveGuest(state, guest, undefined, at(target_node));
        }
        for (const { vmid, source_node } of running) {
          const guest = input.snapshot.guests[String(vmid)];
          if (guest) moveGuest(state, guest, at(source_node), undefined);
        }
      }
    }),
    { numRuns: runs(300) },
  );
});
