import type { Change, FilterVerdict, GuestExplanation, NodeVerdict } from '@proxbalance/contracts';
import type { Placed } from '../filters/filter.ts';

type Least = GuestExplanation['smallest_change'];

/**
 * The least that would turn the decision into its opposite: for a guest that stays everything its own filters want, and of all
 * nodes the one that wants least; for one that moves, what would keep it. null: nothing that a person can change would do.
 */
export const smallestChange = (
  { decision }: Pick<GuestExplanation, 'decision'>,
  filters: readonly FilterVerdict[],
  nodes: readonly NodeVerdict[],
  placed: Placed,
): Least => {
  if (decision === 'move') return keepIt(placed);
  const own = filters.flatMap((one) => one.change ?? []);
  const ways = nodes
    .filter((one) => !one.is_current)
    .map((one) => ({ target_node: one.node, changes: [...own, ...one.changes], score: one.score ?? 0 }))
    .filter(({ changes }) => changes.length > 0 && changes.every((one) => one.kind !== 'none'))
    .sort((a, b) => effortOf(a.changes) - effortOf(b.changes) || a.score - b.score);
  const [least] = ways;
  if (!least) return null;
  const { target_node, changes } = least;
  return { target_node, changes, text: changes.map((one) => one.text).join('; ') };
};

const keepIt = ({ source }: Placed): Least => {
  const change: Change = source.maintenance
    ? { kind: 'end-maintenance', node: source.name, text: `end the maintenance of ${source.name}` }
    : { kind: 'add-tag', tag: 'ignore', text: 'add tag ignore' };
  return { target_node: null, changes: [change], text: change.text };
};

/** What changes ask of people, the least first: a tag, a setting, waiting, room, then whatever costs a machine its rest. */
const order: readonly Change['kind'][] = ['drop-tag', 'add-tag', 'set-setting', 'wait', 'free-memory', 'free-storage'];

const effortOf = (changes: readonly Change[]): number =>
  changes.reduce((sum, { kind, amount = 0, unit }) => {
    const rank = order.indexOf(kind);
    return sum + 1000 + 100 * (rank < 0 ? order.length : rank) + (unit === 'GiB' ? Math.min(99, amount / 10) : 0);
  }, 0);
