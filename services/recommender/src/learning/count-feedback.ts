import type { FeedbackEntry, FeedbackSummary } from '@proxbalance/contracts';
import type { FeedbackCount } from '@proxbalance/engine';

const recentMax = 20;

/** Entries, newest first, as they are shown. */
export function summarizeFeedback(entries: readonly FeedbackEntry[]): FeedbackSummary {
  const helpful = entries.filter(({ rating }) => rating === 'helpful').length;
  const reasons = new Map<string, number>();
  for (const { rating, reason } of entries)
    if (rating === 'not_helpful' && reason !== '') reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  return {
    total: entries.length,
    helpful,
    not_helpful: entries.length - helpful,
    helpful_pct: entries.length === 0 ? 0 : Math.round((1000 * helpful) / entries.length) / 10,
    reason_counts: Object.fromEntries(reasons),
    recent: entries.slice(0, recentMax),
  };
}

/** Votes by guest and move, as the engine weighs them. A vote that names no nodes counts for its guest alone. */
export function countFeedback(entries: readonly FeedbackEntry[]): FeedbackCount[] {
  const groups = Map.groupBy(entries, ({ vmid, source_node, target_node }) => `${vmid} ${source_node} ${target_node}`);
  return [...groups.values()].flatMap((said) => {
    const [first] = said;
    if (!first) return [];
    const helpful = said.filter(({ rating }) => rating === 'helpful').length;
    const { vmid, source_node, target_node } = first;
    return [
      {
        vmid,
        source_node: source_node ?? '',
        target_node: target_node ?? '',
        helpful,
        not_helpful: said.length - helpful,
      },
    ];
  });
}
