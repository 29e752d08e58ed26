import { type ClusterSnapshot, type NodeScores, RefusedError } from '@proxbalance/contracts';
import { scoreNodes } from '@proxbalance/engine';
import { type JudgeSettings, judgementParameters, type Wishes } from './judge.ts';
import type { Past } from './past.ts';

export type NodeScoring = {
  /** How each node of a snapshot would do as a target, for a guest or for a neutral one. */
  of(snapshot: ClusterSnapshot, wishes: Wishes, vmid?: number): NodeScores;
};

const answersMax = 100;

/** Works out each answer once for as long as snapshot, settings and what is known of the past stay the same. */
export function openNodeScores(settings: () => JudgeSettings, past: () => Past): NodeScoring {
  let basis: { snapshot: ClusterSnapshot; settings: JudgeSettings; past: Past } | null = null;
  const answers = new Map<string, NodeScores>();
  const rebase = (snapshot: ClusterSnapshot) => {
    const now = { snapshot, settings: settings(), past: past() };
    const isSame = basis?.snapshot === snapshot && basis.settings === now.settings && basis.past === now.past;
    if (!isSame || answers.size >= answersMax) answers.clear();
    basis = now;
    return now;
  };
  return {
    of(snapshot, wishes, vmid) {
      if (vmid !== undefined && !Object.hasOwn(snapshot.guests, vmid))
        throw new RefusedError('guest-not-found', `no guest ${vmid} in the cluster`);
      const now = rebase(snapshot);
      const { thresholds, maintenanceNodes } = judgementParameters(snapshot, now.settings, wishes);
      const key = JSON.stringify([thresholds, maintenanceNodes, vmid]);
      const known = answers.get(key);
      if (known) return known;
      const { trends, profiles } = now.past;
      const config = now.settings.penalty_scoring;
      const scores = scoreNodes({ snapshot, thresholds, config, maintenanceNodes, vmid, trends, profiles });
      answers.set(key, scores);
      return scores;
    },
  };
}
