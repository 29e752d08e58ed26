import type { AutomationDecision, Generation, Settings } from '@proxbalance/contracts';
import type { z } from 'zod';

export type Decision = z.output<typeof AutomationDecision>;
export type Verdict = { status: 'completed' | 'refused'; reason: string; decisions: Decision[] };

/** Older recommendations say nothing about the cluster as it is now. */
const freshMs = 5 * 60_000;

/** What a cycle would do with the recommendations there are. Pure: the same inputs give the same verdict. */
export function decide(generation: Generation | null, settings: Settings['automated_migrations'], now: Date): Verdict {
  if (!settings.enabled) return refused('automation is off');
  if (!generation) return refused('there are no recommendations yet');
  const ageMs = now.getTime() - Date.parse(generation.snapshot_collected_at);
  if (ageMs > freshMs) return refused(`the recommendations are ${Math.round(ageMs / 60_000)} minutes old`);
  const decisions = generation.recommendations.map(({ vmid, name, source_node, target_node, reason }): Decision => {
    return { vmid, name, source_node, target_node, action: 'would-migrate', reason };
  });
  const guests = decisions.length === 1 ? '1 guest' : `${decisions.length} guests`;
  const reason = decisions.length === 0 ? 'nothing is recommended' : `dry run: would move ${guests}`;
  return { status: 'completed', reason, decisions };
}

const refused = (reason: string): Verdict => ({ status: 'refused', reason, decisions: [] });
