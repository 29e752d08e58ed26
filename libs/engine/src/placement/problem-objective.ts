import type { PlacementProblemFile } from '@proxbalance/contracts';
import type { BalanceTerm, PlacementObjective } from './model.ts';
import { balanceCounts } from './problem-gates.ts';
import { gapTerm, type Loads, loadsOf } from './problem-loads.ts';

/** Balance weight, weight of the moves and the gap from which balance counts, by balanciness. */
const levels = {
  1: { balance: 0, moves: 1, trigger: 1 },
  2: { balance: 1, moves: 50, trigger: 0.25 },
  3: { balance: 10, moves: 10, trigger: 0.15 },
  4: { balance: 50, moves: 5, trigger: 0.05 },
  5: { balance: 100, moves: 1, trigger: 0 },
} as const;
const softWeight = 1_000_000;

/** What the policy of a problem file wants made small. A method nobody knows has no balance: rules only, by the cheapest moves. */
export const problemObjective = (file: PlacementProblemFile): PlacementObjective => {
  if (file.policy.method === 'balanced') return budgetObjective(file);
  const { weights, balanciness } = file.policy;
  const level = levels[balanciness];
  const loads = methodLoads(file);
  const counts = balanceCounts(file, loads, level.trigger);
  return {
    terms: loads.map(gapTerm),
    unevenness: 'gap',
    whole: true,
    balanceWeight: counts ? (weights.balance ?? level.balance) : 0,
    costWeight: weights.stickiness ?? level.moves,
    moveWeight: 0,
    softWeight,
  };
};

/** The loads a method is made of, with their weights. */
const methodLoads = (file: PlacementProblemFile): Loads[] => {
  const { method, mode, weights } = file.policy;
  const smart = (resource: 'memory' | 'cpu' | 'io', weight = 1): Loads[] => {
    const { usage, pressure } = weights[resource === 'memory' ? 'mem' : resource];
    return [loadsOf(file, resource, weight * usage), loadsOf(file, resource, weight * pressure, 'pressure')];
  };
  const { global } = weights;
  switch (method) {
    case 'global_smart':
      return [...smart('memory', global.mem), ...smart('cpu', global.cpu), ...smart('io', global.io)];
    case 'memory_smart':
      return smart('memory');
    case 'cpu_smart':
      return smart('cpu');
    case 'io_smart':
      return smart('io');
    case 'memory_psi':
      return [loadsOf(file, 'memory', 1, 'pressure')];
    case 'cpu_psi':
      return [loadsOf(file, 'cpu', 1, 'pressure')];
    case 'io_psi':
      return [loadsOf(file, 'io', 1, 'pressure')];
    case 'memory':
    case 'cpu':
    case 'disk':
      return [loadsOf(file, method === 'disk' ? 'io' : method, 1, mode === 'psi' ? 'pressure' : 'usage')];
    default:
      return [];
  }
};

/** Method `balanced`: CPU and memory in use in percent, the host's own included, over the nodes in service; and as few moves as may be. */
const budgetObjective = ({ nodes, guests, evacuate }: PlacementProblemFile): PlacementObjective => {
  const counted = nodes.map(({ id, maintenance }) => !maintenance && !evacuate.includes(id));
  const term = (name: string, each: Pick<BalanceTerm, 'footprints' | 'bases' | 'capacities'>): BalanceTerm => ({
    name,
    weight: 1,
    counted: counted.map((one, n) => one && (each.capacities[n] ?? 0) > 0),
    footprints: each.footprints,
    bases: each.bases,
    capacities: each.capacities,
  });
  return {
    terms: [
      term('cpu', {
        footprints: guests.map(({ running, cpu }) => (running ? 100 * cpu : 0)),
        bases: nodes.map(({ host_cpu }) => 100 * host_cpu),
        capacities: nodes.map(({ cores }) => cores),
      }),
      term('memory', {
        footprints: guests.map(({ running, mem_gib }) => (running ? 100 * mem_gib : 0)),
        bases: nodes.map(({ host_mem_gib }) => 100 * host_mem_gib),
        capacities: nodes.map(({ mem_gib }) => mem_gib),
      }),
    ],
    unevenness: 'gap',
    whole: false,
    balanceWeight: 1,
    costWeight: 0,
    moveWeight: 0.002,
    softWeight,
  };
};
