import type { Generation, Thresholds } from '@proxbalance/contracts';
import type { Fingerprint, NodeLoad } from './fingerprint.ts';
import { intervalMinutes } from './pace.ts';

/** All that a judgement was or would be made from. */
export type Facts = {
  /** null: the snapshot is not known any more. */
  cluster: Fingerprint | null;
  /** Settings it goes by, as text. */
  settings: string;
  /** What people said of earlier recommendations and what past moves brought, as text. */
  experience: string;
  /** Moves under way, as text. */
  moves: string;
  parameters: Generation['parameters'];
};

export type Standing = {
  facts: Facts;
  generatedAt: number;
  generationSeconds: number;
  /** Trends or profiles could not be had. */
  lacksPast: boolean;
};

/** Change of a node's load that is more than the noise of its samples, points. */
const noise = { cpu: 4, mem: 3, iowait: 5 };
/** The same where a threshold lies in between: it decides there. */
const noiseAtThreshold = 1;
/** What could not be had is asked for again so often, milliseconds. */
const lackingMs = 20_000;

/** Why the cluster should be judged now; null while the last judgement stands. */
export function dueBecause(last: Standing | null, now: Facts, at: { ms: number; guests: number }): string | null {
  if (!last) return 'nothing was judged yet';
  const change = materialChange(last.facts, now);
  if (change) return change;
  const ageMs = at.ms - last.generatedAt;
  if (last.lacksPast && ageMs >= lackingMs) return 'trends or profiles were missing';
  const minutes = intervalMinutes(at.guests, last.generationSeconds);
  return ageMs >= minutes * 60_000 ? `${minutes} minutes are over` : null;
}

/** What changed so that a judgement could turn out differently; null when nothing did. */
export function materialChange(before: Facts, now: Facts): string | null {
  if (!before.cluster || !now.cluster) return 'it is not known what was judged';
  if (before.settings !== now.settings) return 'the settings changed';
  if (before.experience !== now.experience) return 'it is known better what recommendations are worth';
  if (JSON.stringify(before.parameters) !== JSON.stringify(now.parameters)) return 'the thresholds are others';
  if (before.moves !== now.moves) return 'a move began or ended';
  for (const kind of ['placement', 'status', 'tags', 'rules', 'configuration'] as const)
    if (before.cluster[kind] !== now.cluster[kind]) return `${kind} changed`;
  return changedLoad(before.cluster.load, now.cluster.load, now.parameters);
}

function changedLoad(before: Fingerprint['load'], now: Fingerprint['load'], thresholds: Thresholds): string | null {
  const names = Object.keys(now);
  if (names.length !== Object.keys(before).length) return 'a node came or went';
  for (const name of names) {
    const [old, fresh] = [before[name], now[name]];
    if (!old || !fresh) return 'a node came or went';
    const metric = (['cpu', 'mem', 'iowait'] as const).find((one) => isMaterial(one, old, fresh, thresholds));
    if (metric) return `${metric} of ${name} went from ${old[metric].toFixed(1)} to ${fresh[metric].toFixed(1)} %`;
  }
  return null;
}

function isMaterial(metric: keyof NodeLoad, before: NodeLoad, now: NodeLoad, thresholds: Thresholds): boolean {
  const change = Math.abs(now[metric] - before[metric]);
  if (change >= noise[metric]) return true;
  const threshold = thresholds[`${metric}_threshold`];
  return change >= noiseAtThreshold && before[metric] > threshold !== now[metric] > threshold;
}
