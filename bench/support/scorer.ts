import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

export type ScoredViolation = { kind: string; step: number; node?: string; guest?: string; rule?: string };

/** What we use of the given scorer. */
export type Scorer = {
  score: (problem: unknown, plan: unknown) => { violations: { during: number; list: ScoredViolation[] } };
  compile: (problem: unknown) => { start: number[] };
  broken: (compiled: unknown, at: readonly number[]) => ScoredViolation[];
};

/** The given scorer, from the folder of the given placement problems; null, and said loudly: it is not there. */
export const loadScorer = async (folder: string): Promise<Scorer | null> => {
  const file = resolve(folder, 'score.mjs');
  if (existsSync(file)) return (await import(pathToFileURL(file).href)) as Scorer;
  console.warn(`SKIPPED: there is no ${file}; --bench FOLDER names the folder of the scorer and the given problems`);
  return null;
};
