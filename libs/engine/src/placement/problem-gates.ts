import type { PlacementProblemFile, ProblemGuest, ProblemNode } from '@proxbalance/contracts';
import type { Loads } from './problem-loads.ts';
import { bytesOf, sum } from './sizes.ts';

/** Whether balance counts at all: the start is uneven enough, and a node exceeds a threshold where any is set. */
export const balanceCounts = (file: PlacementProblemFile, loads: readonly Loads[], trigger: number): boolean =>
  gapOf(file, loads) >= trigger && thresholdsExceeded(file);

/** The gap the trigger looks at: the weighted mean of the gaps; for `global_smart` of those of usage alone. */
const gapOf = ({ policy }: PlacementProblemFile, loads: readonly Loads[]): number => {
  const { mem, cpu, io } = policy.weights.global;
  const parts =
    policy.method === 'global_smart'
      ? loads.filter(({ kind }) => kind === 'usage').map((each, i) => ({ ...each, weight: [mem, cpu, io][i] ?? 0 }))
      : loads;
  const total = sum(parts.map(({ weight }) => weight));
  if (total === 0) return parts[0]?.gapAtStart ?? 0;
  return sum(parts.map(({ weight, gapAtStart }) => weight * gapAtStart)) / total;
};

const thresholdsExceeded = ({ nodes, guests, policy }: PlacementProblemFile): boolean => {
  const limits = policy.thresholds;
  const set = (['cpu', 'mem', 'disk'] as const).filter((key) => limits[key] != null);
  if (set.length === 0) return true;
  const inService = nodes.filter(({ maintenance }) => !maintenance);
  return inService.some((node) => {
    const here = guests.filter((guest) => guest.node === node.id);
    return set.some((key) => percentOf(key, node, here) > (limits[key] ?? Number.POSITIVE_INFINITY));
  });
};

const percentOf = (key: 'cpu' | 'mem' | 'disk', node: ProblemNode, here: readonly ProblemGuest[]): number => {
  const running = here.filter((guest) => guest.running);
  const [used, room] = {
    cpu: () => [sum(running.map(({ cpu }) => cpu)), node.cores] as const,
    mem: () => [sum(running.map(({ mem_max_gib }) => bytesOf(mem_max_gib))), bytesOf(node.mem_gib)] as const,
    disk: () =>
      [
        sum(here.flatMap(({ disks }) => Object.values(disks).map((gib) => (gib > 0 ? bytesOf(gib) : 0)))),
        sum(Object.values(node.storage_free).map(bytesOf)) || 1,
      ] as const,
  }[key]();
  return room > 0 ? (used / room) * 100 : 0;
};
