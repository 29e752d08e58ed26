import type { OutcomeStatistics as Statistics } from '@proxbalance/contracts';
import { clamp, roundTo } from './numbers.ts';

/** How past moves turned out, as far as it speaks for the next. */
export type OutcomeStatistics = Pick<
  Statistics,
  'total_completed' | 'success_rate' | 'beneficial_rate' | 'avg_accuracy_pct'
>;

/** What people said about recommendations to move a guest between two nodes. */
export type FeedbackCount = {
  vmid: number;
  source_node: string;
  target_node: string;
  helpful: number;
  not_helpful: number;
};

/** What past moves count while too few have ended. */
export const NEUTRAL_OUTCOMES = 65;
const LEAST_OUTCOMES = 5;

/**
 * How past moves speak for the next, 0-100: the share that did no harm, 10 more when most did good, 15 less when predictions
 * were far off; neutral with fewer than five.
 */
export const outcomeScore = (outcomes: OutcomeStatistics | null | undefined): number => {
  if (!outcomes || outcomes.total_completed < LEAST_OUTCOMES || outcomes.success_rate === null) return NEUTRAL_OUTCOMES;
  const good = (outcomes.beneficial_rate ?? 0) > 70 ? 10 : 0;
  const wrong = (outcomes.avg_accuracy_pct ?? 100) < 40 ? 15 : 0;
  return clamp(outcomes.success_rate + good - wrong, 0, 100);
};

/** Points of confidence that feedback can give or take at most. */
const FEEDBACK_LIMIT = 5;
/** Votes that say nothing, so that the first real one doesn't decide. */
const FEEDBACK_PRIOR = 4;

type Move = { vmid: number; source_node: string; target_node: string };

/** What people said about such moves: votes on the guest in full, on other guests between the same nodes by half. */
export type FeedbackInfluence = { helpful: number; notHelpful: number; points: number };

/** `5 · (helpful − not helpful) / (helpful + not helpful + 4)` points of confidence. */
export const feedbackInfluence = (move: Move, feedback: readonly FeedbackCount[]): FeedbackInfluence => {
  let helpful = 0;
  let notHelpful = 0;
  for (const said of feedback) {
    const samePair = said.source_node === move.source_node && said.target_node === move.target_node;
    const weight = said.vmid === move.vmid ? 1 : samePair ? 0.5 : 0;
    helpful += weight * said.helpful;
    notHelpful += weight * said.not_helpful;
  }
  const points = (FEEDBACK_LIMIT * (helpful - notHelpful)) / (helpful + notHelpful + FEEDBACK_PRIOR);
  return { helpful, notHelpful, points: roundTo(points, 1) || 0 };
};
