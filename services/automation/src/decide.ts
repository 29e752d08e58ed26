import type { AutomationDecision, Generation, Recommendation, Settings } from '@proxbalance/contracts';
import type { z } from 'zod';

export type Decision = z.output<typeof AutomationDecision>;
export type Verdict = { status: 'completed' | 'refused'; reason: string; decisions: Decision[] };

/** Older recommendations say nothing about the cluster as it is now. */
const freshMs = 5 * 60_000;

type Rules = Pick<Settings, 'automated_migrations' | 'migration_settings'>;

/** What a cycle would do with the recommendations there are. Pure: the same inputs give the same verdict. */
export function decide(generation: Generation | null, rules: Rules, now: Date): Verdict {
  if (!rules.automated_migrations.enabled) return refused('automation is off');
  if (!generation) return refused('there are no recommendations yet');
  const ageMs = now.getTime() - Date.parse(generation.snapshot_collected_at);
  if (ageMs > freshMs) return refused(`the recommendations are ${Math.round(ageMs / 60_000)} minutes old`);
  const decisions = generation.recommendations.map((move) => decideOn(move, rules.migration_settings.min_confidence));
  return { status: 'completed', reason: summaryOf(decisions), decisions };
}

function decideOn(move: Recommendation, minConfidence: number): Decision {
  const { vmid, name, type, source_node, target_node, score_improvement, confidence_score: confidence } = move;
  const about = { vmid, name, type, source_node, target_node, score_improvement, confidence_score: confidence };
  if (confidence >= minConfidence) return { ...about, action: 'would-migrate', reason: move.reason };
  return { ...about, action: 'refused', reason: `${confidence} % sure, ${minConfidence} % are wanted` };
}

function summaryOf(decisions: Decision[]): string {
  if (decisions.length === 0) return 'nothing is recommended';
  const moving = decisions.filter(({ action }) => action === 'would-migrate').length;
  const left = decisions.length - moving;
  const would = `dry run: would move ${moving === 1 ? '1 guest' : `${moving} guests`}`;
  return left === 0 ? would : `${would} and leave ${left}`;
}

const refused = (reason: string): Verdict => ({ status: 'refused', reason, decisions: [] });
