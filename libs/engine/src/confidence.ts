import type { Guest, ScoreDetails } from '@proxbalance/contracts';
import { type OutcomeStatistics, outcomeScore } from './experience.ts';
import { clamp, roundTo } from './numbers.ts';

export type ConfidenceInput = {
  guest: Pick<Guest, 'mem_max_gb' | 'cpu_cores' | 'mount_points'>;
  /** Points the move gains */
  improvement: number;
  minScoreImprovement: number;
  /** The target's score for the guest */
  target: {
    metrics: Pick<ScoreDetails['metrics'], 'cpu_headroom' | 'mem_headroom' | 'cpu_trend'>;
    total_penalties: number;
  };
  /** How past moves turned out; neutral without */
  outcomes?: OutcomeStatistics | undefined;
  /** Clear reasons that trends give for the move */
  strongFactors?: number | undefined;
  /** Points that people's feedback gives or takes */
  feedbackPoints?: number | undefined;
};

/** So many clear reasons from trends make the target count as steadier. */
export const STRONG_FACTORS = 3;
export const TREND_BONUS = 15;

/**
 * How sure a move is to be a good one, 0-100, one decimal:
 * `0.35·improvement + 0.20·headroom + 0.15·simplicity + 0.15·stability + 0.15·outcomes`, each part 0-100, then
 * the points of feedback.
 */
export const confidence = (input: ConfidenceInput): number => {
  const { guest, improvement, minScoreImprovement, target, outcomes, strongFactors = 0, feedbackPoints = 0 } = input;
  const bonus = strongFactors >= STRONG_FACTORS ? TREND_BONUS : 0;
  const headroom = Math.min(100, 1.5 * ((target.metrics.cpu_headroom + target.metrics.mem_headroom) / 2));
  const sum =
    0.35 * improvementPart(improvement, minScoreImprovement) +
    0.2 * headroom +
    0.15 * simplicity(guest) +
    0.15 * Math.min(100, stability(target) + bonus) +
    0.15 * outcomeScore(outcomes) +
    feedbackPoints;
  return roundTo(clamp(sum, 0, 100), 1);
};

const improvementPart = (gain: number, min: number): number => {
  if (gain >= 60) return 100;
  if (gain >= 40) return 80 + (gain - 40);
  if (gain >= 25) return 55 + ((gain - 25) * 25) / 15;
  if (gain >= min) return 30 + (25 * (gain - min)) / Math.max(1, 25 - min);
  return Math.max(0, (30 * gain) / Math.max(1, min));
};

const simplicity = (guest: ConfidenceInput['guest']): number => {
  if (guest.mount_points?.has_unshared_bind_mount) return 20;
  if (guest.mem_max_gb > 32 || guest.cpu_cores > 8) return 40;
  if (guest.mem_max_gb > 16 || guest.cpu_cores > 4) return 60;
  return guest.mem_max_gb > 4 ? 80 : 100;
};

const stability = ({ metrics, total_penalties: penalties }: ConfidenceInput['target']): number => {
  if (metrics.cpu_trend === 'rising') return metrics.cpu_headroom >= 50 ? 70 : metrics.cpu_headroom >= 30 ? 50 : 30;
  if (penalties > 50) return 50;
  return penalties > 20 ? 70 : 100;
};
