import { ClusterPlan, PlanRequest, planGoals } from '@proxbalance/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { refusal } from '../filters/guest/registry.ts';
import { placedGuests, problemOf } from '../recommend/problem.ts';
import { smallCluster } from '../testing/arbitrary.ts';
import { planCluster } from './plan-cluster.ts';

const goal = fc.constantFrom(...planGoals);
const number = fc.nat(4);

/** What somebody may ask of the clusters that are made up: their nodes are pve1, pve2, … */
const wishFor = (kind: (typeof planGoals)[number], names: readonly string[], n: number) => {
  const name = names[n % names.length] ?? 'pve1';
  if (kind === 'evacuate') return { nodes: [name] };
  if (kind === 'place') return { guests: [{ vcpus: 1, mem_gb: 4, count: n + 1, tags: n > 1 ? ['exclude_db'] : [] }] };
  if (kind === 'what-if')
    return { overrides: n % 2 ? { fail_nodes: [name] } : { add_nodes: [{ name: 'pve9', like: name }] } };
  return {};
};

test('whatever the cluster and the wish: a plan is certified, keeps every rule in the end, and moves nobody who must stay', () => {
  fc.assert(
    fc.property(smallCluster, goal, number, (input, kind, n) => {
      const names = Object.keys(input.snapshot.nodes);
      const request = PlanRequest.parse({ goal: kind, time_limit_ms: 100, ...wishFor(kind, names, n) });
      const made = planCluster({ ...input, request, now: () => 0 });
      const when = { snapshot_id: 's', snapshot_collected_at: input.snapshot.collected_at, snapshot_age_seconds: 0 };
      expect(() => ClusterPlan.parse({ ...made, ...when })).not.toThrow();
      expect(made.certificate !== null).toBe(made.after !== null);
      if (!made.certificate) {
        expect([made.moves, made.steps]).toEqual([[], []]);
        return;
      }
      const still = made.after?.broken ?? [];
      const was = new Set(made.before.broken.map(({ kind, rule, node }) => `${kind} ${rule ?? node}`));
      for (const { kind: what, rule, node } of still) expect(was).toContain(`${what} ${rule ?? node}`);
      if (made.status !== 'partial') expect(still).toEqual([]);
      const emptied = [...input.maintenanceNodes, ...(request.nodes ?? [])];
      const judgement = problemOf({ ...input, maintenanceNodes: emptied });
      const staying = placedGuests(judgement).placed.filter((one) => refusal(one, judgement) !== null);
      const moved = new Set(made.moves.filter(({ action }) => action === 'migrate').map(({ vmid }) => vmid));
      for (const { guest } of staying) expect(moved.has(guest.vmid)).toBe(false);
      const left = new Set(made.left_behind.map(({ vmid }) => vmid));
      for (const guest of Object.values(input.snapshot.guests))
        if (request.nodes?.includes(guest.node) && !input.inFlight?.some(({ vmid }) => vmid === guest.vmid))
          expect(moved.has(guest.vmid) || left.has(guest.vmid)).toBe(true);
    }),
  );
});
