import type { Generation } from '@proxbalance/contracts';
import { byText } from '../numbers.ts';

type Changes = NonNullable<Generation['changes_since_last']>;
type Move = Changes['new_recommendations'][number];

/** The part of a generation that others are compared with. */
export type PastGeneration = { generated_at: string; recommendations: readonly Move[] };

/** What is new, gone or aimed elsewhere since the generation before, matched by vmid, sorted by vmid as text; null for the first. */
export const changesSince = (previous: PastGeneration | null, current: PastGeneration): Changes | null => {
  if (!previous) return null;
  const before = byVmid(previous.recommendations);
  const now = byVmid(current.recommendations);
  const both = sorted(now).flatMap((move) => {
    const old = before.get(move.vmid);
    return old ? [{ old, move }] : [];
  });
  const moved = both.filter(({ old, move }) => old.target_node !== move.target_node);
  return {
    timestamp: current.generated_at,
    previous_timestamp: previous.generated_at,
    new_recommendations: sorted(now)
      .filter((move) => !before.has(move.vmid))
      .map(moveOf),
    removed_recommendations: sorted(before)
      .filter((move) => !now.has(move.vmid))
      .map(moveOf),
    changed_targets: moved.map(({ old, move }) => ({
      ...moveOf(move),
      old_target: old.target_node,
      new_target: move.target_node,
    })),
    unchanged: both.length - moved.length,
  };
};

const byVmid = (recommendations: readonly Move[]): Map<number, Move> =>
  new Map(recommendations.map((one) => [one.vmid, one]));

const sorted = (moves: ReadonlyMap<number, Move>): Move[] =>
  [...moves.values()].sort((a, b) => byText(String(a.vmid), String(b.vmid)));

const moveOf = ({ vmid, name, source_node, target_node }: Move): Move => ({
  vmid,
  name,
  source_node,
  target_node,
});
