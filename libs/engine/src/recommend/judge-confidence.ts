import type { Recommendation, TrendEvidence } from '@proxbalance/contracts';
import { confidence, STRONG_FACTORS, TREND_BONUS } from '../confidence.ts';
import { feedbackInfluence, NEUTRAL_OUTCOMES, outcomeScore } from '../experience.ts';
import type { ChosenMove } from './make-move.ts';
import type { Problem } from './problem.ts';
import { strongFactors } from './trend-evidence.ts';

type Judged = Pick<Recommendation, 'confidence_score' | 'confidence_notes'>;

/** How sure a move is to be a good one, and in words what past moves, trends and people changed about it. */
export const judgeConfidence = (
  { placed: { guest }, improvement, source, target }: ChosenMove,
  evidence: TrendEvidence,
  { config, memory: { outcomes, feedback = [] } }: Problem,
): Judged => {
  const move = { vmid: guest.vmid, source_node: source.node.name, target_node: target.node.name };
  const said = feedbackInfluence(move, feedback);
  const strong = strongFactors(evidence);
  const past = outcomeScore(outcomes);
  const score = confidence({
    guest,
    improvement,
    minScoreImprovement: config.min_score_improvement,
    target: target.details,
    outcomes,
    strongFactors: strong,
    feedbackPoints: said.points,
  });
  const notes = [
    ...(past === NEUTRAL_OUTCOMES
      ? []
      : [
          `${outcomes?.total_completed} past moves: their outcome counts ${past.toFixed(1)} instead of ${NEUTRAL_OUTCOMES}`,
        ]),
    ...(strong >= STRONG_FACTORS ? [`${strong} clear trends speak for it: stability counts ${TREND_BONUS} more`] : []),
    ...(said.points === 0
      ? []
      : [`Feedback on such moves, ${said.helpful} helpful and ${said.notHelpful} not: ${signed(said.points)} points`]),
  ];
  return { confidence_score: score, ...(notes.length > 0 ? { confidence_notes: notes } : {}) };
};

const signed = (value: number): string => `${value > 0 ? '+' : ''}${value}`;
