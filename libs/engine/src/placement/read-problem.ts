import type {
  PlacementProblemFile,
  ProblemGuest,
  ProblemNode,
  ProblemPolicy,
  ProblemRule,
} from '@proxbalance/contracts';
import type { PlacementGuest, PlacementNode, PlacementProblem, PlacementRule } from './model.ts';
import { problemObjective } from './problem-objective.ts';
import { bytesOf, mibOf, moveCostOf, sum } from './sizes.ts';

/** A problem file as the model. Sizes become whole MiB, each rounded down by itself, as its format wants it. */
export const readProblem = (file: PlacementProblemFile): PlacementProblem => {
  const nodeIndex = new Map(file.nodes.map(({ id }, i) => [id, i]));
  const guestIndex = new Map(file.guests.map(({ id }, i) => [id, i]));
  const drained = new Set(file.evacuate);
  const rules = (list: readonly ProblemRule[]) => list.flatMap((rule) => ruleOf(rule, guestIndex));
  const { policy } = file;
  return {
    nodes: file.nodes.map((node) => nodeOf(node, policy, drained.has(node.id))),
    guests: file.guests.map((guest) => guestOf(guest, nodeIndex)),
    affinity: rules(file.rules.affinity),
    antiAffinity: rules(file.rules.anti_affinity),
    policy: {
      objective: problemObjective(file),
      maxNodeInflow: policy.max_node_inflow || null,
      maxParallel: policy.max_parallel || null,
      maxMoves: policy.max_moves,
    },
  };
};

const nodeOf = (node: ProblemNode, policy: ProblemPolicy, drained: boolean): PlacementNode => ({
  id: node.id,
  memMib: mibOf(bytesOf(node.mem_gib) - bytesOf(node.reserve.mem_gib)),
  vcpuLimitMilli: Math.max(0, node.cores - node.reserve.cores) * Math.trunc(policy.cpu_overcommit * 1000),
  storageMib: Object.fromEntries(
    Object.entries(node.storage_free).map(([name, gib]) => [
      name,
      Math.max(0, mibOf(bytesOf(gib) - bytesOf(node.reserve.storage[name] ?? 0))),
    ]),
  ),
  duty: node.maintenance ? 'maintenance' : drained ? 'drains' : 'serves',
});

const guestOf = (guest: ProblemGuest, nodeIndex: ReadonlyMap<string, number>): PlacementGuest => {
  const memBytes = guest.running ? bytesOf(guest.mem_max_gib) : 0;
  const disks = Object.entries(guest.disks).filter(([, gib]) => gib > 0);
  const known = guest.allowed?.flatMap((id) => nodeIndex.get(id) ?? []);
  return {
    id: guest.id,
    type: guest.type,
    node: nodeIndex.get(guest.node) ?? 0,
    vcpusMilli: guest.running ? guest.vcpus * 1000 : 0,
    memMib: mibOf(memBytes),
    disksMib: Object.fromEntries(disks.map(([name, gib]) => [name, mibOf(bytesOf(gib))])),
    fixed: guest.ignore ? 'ignored' : guest.pinned ? 'pinned' : null,
    allowed: known ? [...new Set(known)].sort((a, b) => a - b) : null,
    moveCost: moveCostOf(memBytes, sum(disks.map(([, gib]) => bytesOf(gib)))),
  };
};

/** Members that are not there are left out, and so is a rule with fewer than two that are. */
const ruleOf = (rule: ProblemRule, guestIndex: ReadonlyMap<string, number>): PlacementRule[] => {
  const members = [...new Set(rule.members)].flatMap((id) => guestIndex.get(id) ?? []);
  return members.length < 2 ? [] : [{ name: rule.name, members, hard: rule.hard, origin: rule.origin }];
};
