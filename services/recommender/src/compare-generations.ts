import type { Generation, Recommendation, SimulatedChange, SkippedGuest } from '@proxbalance/contracts';
import { roundTo } from '@proxbalance/engine';

/** What was concluded about one guest: a move, or why there is none. */
type Verdict = { move: Recommendation | undefined; improvement: number | null; reason: string };

/** Every guest that is recommended another move, by vmid. */
export function changesBetween(current: Generation, proposed: Generation): SimulatedChange[] {
  const [before, after] = [verdictsOf(current), verdictsOf(proposed)];
  const moves = new Map([...current.recommendations, ...proposed.recommendations].map((move) => [move.vmid, move]));
  return [...moves.values()]
    .filter(({ vmid }) => before(vmid).move?.target_node !== after(vmid).move?.target_node)
    .sort((a, b) => a.vmid - b.vmid)
    .map(({ vmid, name, type, source_node, target_node }) => {
      const [was, is] = [before(vmid), after(vmid)];
      const [oldTarget, newTarget] = [was.move?.target_node ?? null, is.move?.target_node ?? null];
      const action = oldTarget === null ? 'added' : newTarget === null ? 'removed' : 'changed';
      return {
        ...{ vmid, name, type, source_node, target_node, action },
        ...{ old_target: oldTarget, new_target: newTarget },
        ...{ current_improvement: was.improvement, proposed_improvement: is.improvement },
        ...{ current_reason: was.reason, proposed_reason: is.reason },
      };
    });
}

function verdictsOf({ recommendations, skipped_guests }: Generation): (vmid: number) => Verdict {
  const moves = new Map(recommendations.map((move) => [move.vmid, move]));
  const stays = new Map(skipped_guests.map((guest) => [guest.vmid, guest]));
  return (vmid) => {
    const move = moves.get(vmid);
    return move ? { move, improvement: r1(move.score_improvement), reason: move.reason } : stay(stays.get(vmid));
  };
}

const stay = (guest: SkippedGuest | undefined): Verdict => ({
  move: undefined,
  improvement: guest?.score_improvement === undefined ? null : r1(guest.score_improvement),
  reason: guest?.detail ?? '',
});

const r1 = (value: number): number => roundTo(value, 1);
