import type { PlanMove, PlanStep } from '@proxbalance/contracts';
import { isLocalDisk, migrationEffort } from '../cost-benefit.ts';
import { roundTo } from '../numbers.ts';
import type { PlacementProblem, PlacementStep } from '../placement/model.ts';
import type { SnapshotProblem } from '../placement/read-snapshot.ts';
import type { ReadGuest } from '../placement/snapshot-guests.ts';
import { openGains } from './gains.ts';
import { isNew, nowhereNode } from './new-guests.ts';

const GIB = 2 ** 30;

/** What is planned, and for whom. */
export type Plan = {
  readonly read: SnapshotProblem;
  readonly problem: PlacementProblem;
  readonly steps: readonly PlacementStep[];
  readonly failedNodes: ReadonlySet<string>;
};

/** Every guest that ends elsewhere, in the order in which they set out. `end`: the node of each guest after all moves. */
export const describeMoves = (plan: Plan, end: readonly number[]): PlanMove[] => {
  const { read, problem, steps } = plan;
  const start = problem.guests.map(({ node }) => node);
  const gains = openGains(problem, start, end);
  const journeys = Map.groupBy(steps.flat(), ({ guest }) => guest);
  return [...journeys].flatMap(([g, journey]): PlanMove[] => {
    const one = read.guests[g];
    const target = end[g];
    if (!one || target === undefined || target === start[g]) return [];
    const { inPlan, alone } = gains(g);
    const size = sizeOf(one, plan);
    return [
      {
        ...namesOf(one),
        action: actionOf(one, plan),
        source_node: sourceOf(problem, start[g] ?? 0),
        target_node: nodeName(problem, target),
        stopovers: journey.slice(0, -1).map(({ to }) => nodeName(problem, to)),
        ram_bytes: size.ram * journey.length,
        disk_bytes: size.disks * journey.length,
        est_duration_minutes: roundTo(size.minutes * journey.length, 1),
        reason: reasonFor(actionOf(one, plan), inPlan),
        gain_in_plan: inPlan,
        gain_alone: alone,
      },
    ];
  });
};

/** Moves that run together, and how long they take: as long as the busiest end of a node's network needs for its moves. */
export const describeSteps = (plan: Plan): PlanStep[] => {
  const { read, problem, steps } = plan;
  return steps.map((step, i) => {
    const ends = new Map<string, number>();
    const moves = step.flatMap(({ guest, from, to, hop }) => {
      const one = read.guests[guest];
      if (!one) return [];
      const { minutes } = sizeOf(one, plan);
      for (const end of [`from ${from}`, `to ${to}`]) ends.set(end, (ends.get(end) ?? 0) + minutes);
      const source_node = sourceOf(problem, from);
      return [{ ...namesOf(one), source_node, target_node: nodeName(problem, to), temporary: hop === true }];
    });
    return { step: i + 1, moves, est_duration_minutes: roundTo(Math.max(0, ...ends.values()), 1) };
  });
};

const namesOf = ({ guest }: ReadGuest) => ({
  vmid: isNew(guest) ? null : guest.vmid,
  name: guest.name,
  type: guest.type,
});

const actionOf = ({ guest }: ReadGuest, { failedNodes }: Plan): PlanMove['action'] =>
  isNew(guest) ? 'create' : failedNodes.has(guest.node) ? 'restart' : 'migrate';

/** What is copied: the memory in use of a virtual machine that runs, and local disks. Nothing is of what only starts. */
const sizeOf = (one: ReadGuest, plan: Plan): { ram: number; disks: number; minutes: number } => {
  if (actionOf(one, plan) !== 'migrate') return { ram: 0, disks: 0, minutes: 0 };
  const { guest } = one;
  const local = (guest.disks ?? []).filter(isLocalDisk).reduce((sum, { size_gb }) => sum + (size_gb ?? 0), 0);
  const isLive = guest.type === 'VM' && guest.status === 'running';
  return {
    ram: isLive ? Math.round(guest.mem_used_gb * GIB) : 0,
    disks: Math.round(local * GIB),
    minutes: migrationEffort(guest).minutes,
  };
};

const reasonFor = (
  action: PlanMove['action'],
  { repairs, cpu_deviation: cpu, mem_deviation: mem }: PlanMove['gain_in_plan'],
): string => {
  if (action === 'restart') return 'Its node is gone';
  if (action === 'create') return 'It has no place yet';
  if (repairs.length > 0) return `Needed for: ${repairs.join(', ')}`;
  const gained = [
    ...(cpu > 0 ? [`CPU by ${cpu.toFixed(2)} points`] : []),
    ...(mem > 0 ? [`memory by ${mem.toFixed(2)} points`] : []),
  ];
  return gained.length > 0 ? `Evens out ${gained.join(' and ')}` : 'Makes room for others';
};

const nodeName = ({ nodes }: PlacementProblem, n: number): string => nodes[n]?.id ?? '';

const sourceOf = (problem: PlacementProblem, n: number): string | null => {
  const name = nodeName(problem, n);
  return name === nowhereNode ? null : name;
};
