import type { Conflict, Recommendation, SafetyChecks } from '@proxbalance/contracts';
import { isAllowed } from '../filters/target/registry.ts';
import { roundTo } from '../numbers.ts';
import { addedLoad, type NodeState } from '../state/node-state.ts';
import type { ChosenMove } from './make-move.ts';
import type { Problem } from './problem.ts';

/** How full moves may make a node when nobody says otherwise, percent. */
export const defaultSafety: SafetyChecks = { max_node_cpu_percent: 85, max_node_memory_percent: 90 };

/** So far below the limits another node must be to be proposed instead, points. */
const MARGIN = 10;

/**
 * Nodes that several moves together fill beyond the safety limits. `problem.state` is the cluster after all moves: what leaves
 * a node is counted, and nothing is counted twice.
 */
export const findConflicts = (moves: readonly ChosenMove[], problem: Problem): Conflict[] => {
  const byTarget = Map.groupBy(moves, (move) => move.target.node.name);
  return [...byTarget].flatMap(([name, incoming]) => {
    const node = problem.state.byName.get(name);
    return node && incoming.length > 1 ? conflictOn(node, incoming, problem) : [];
  });
};

/** The recommendations with those marked that are part of a conflict. */
export const markConflicts = (
  recommendations: readonly Recommendation[],
  conflicts: readonly Conflict[],
): Recommendation[] => {
  const full = new Set(conflicts.map((one) => one.target_node));
  return recommendations.map((one) =>
    full.has(one.target_node) ? { ...one, has_conflict: true, conflict_target: one.target_node } : one,
  );
};

const conflictOn = (node: NodeState, incoming: readonly ChosenMove[], problem: Problem): Conflict[] => {
  const { max_node_cpu_percent: maxCpu, max_node_memory_percent: maxMem } = problem.safety;
  const { cpu, mem } = projected(node);
  if (cpu <= maxCpu && mem <= maxMem) return [];
  return [
    {
      target_node: node.name,
      incoming_guests: incoming.map(({ placed: { guest } }) => {
        const added = addedLoad(guest, node.base);
        return {
          vmid: guest.vmid,
          name: guest.name,
          predicted_cpu_impact: roundTo(added.cpu, 1),
          predicted_mem_impact: roundTo(added.mem, 1),
        };
      }),
      combined_predicted_cpu: roundTo(cpu, 1),
      combined_predicted_mem: roundTo(mem, 1),
      cpu_threshold: maxCpu,
      mem_threshold: maxMem,
      exceeds_cpu: cpu > maxCpu,
      exceeds_mem: mem > maxMem,
      resolution: resolve(node, incoming, problem),
    },
  ];
};

/** Load after all moves, percent, over 100 where it would be. */
const projected = ({ base, moved }: NodeState) => ({
  cpu: Math.max(0, base.metrics.current_cpu + moved.load.cpu),
  mem: Math.max(0, base.metrics.current_mem + moved.load.mem),
});

const resolve = (node: NodeState, incoming: readonly ChosenMove[], problem: Problem): string => {
  const [weakest] = [...incoming].sort(
    (a, b) => a.improvement - b.improvement || a.placed.guest.vmid - b.placed.guest.vmid,
  );
  if (!weakest) return '';
  const { placed } = weakest;
  const { max_node_cpu_percent: maxCpu, max_node_memory_percent: maxMem } = problem.safety;
  const other = problem.state.nodes.find((one) => {
    const { cpu, mem } = projected(one);
    const isQuiet = cpu <= maxCpu - MARGIN && mem <= maxMem - MARGIN;
    return one !== node && isQuiet && isAllowed(placed, one, problem);
  });
  return other
    ? `Move ${placed.guest.name} to ${other.name} instead`
    : `Leave ${placed.guest.name} for later: no other node has room for it`;
};
