import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { node, type Problem } from './placement-runs.ts';

/** One result of another planner. */
export type Peer = { readonly objective?: number | null; readonly time_ms?: number; readonly pass?: boolean | null };
export type Peers = Record<string, Record<string, Peer | undefined> | undefined>;

/** Best results of a solver by number of moves; `start` is where it began. */
export type Optima = Record<string, Record<string, { sum: number; moves?: number; proven?: boolean } | undefined>>;

const json = (file: string) => JSON.parse(readFileSync(file, 'utf8'));

export const peersIn = (bench: string): Peers => json(join(bench, 'peers.json')).problems;

/** The problems of a folder, small ones first; those not kept as files only where `big` asks for them to be generated. */
export const problemsIn = (bench: string, big: boolean): Problem[] => {
  const files = readdirSync(join(bench, 'problems')).filter((name) => name.endsWith('.json'));
  const kept: Problem[] = files.map((name) => json(join(bench, 'problems', name)));
  const made: { args: string; shipped: boolean }[] = big ? json(join(bench, 'generated.json')) : [];
  const generated = made
    .filter(({ shipped }) => !shipped)
    .map(({ args }): Problem => JSON.parse(node([join(bench, 'gen-problem.mjs'), ...args.split(' ')], [0])));
  return [...kept, ...generated].sort((a, b) => sizeOf(a) - sizeOf(b));
};

const sizeOf = ({ guests }: Problem): number => (Array.isArray(guests) && guests.length > 50 ? guests.length : 0);

/** The problems with a budget of moves, once for each budget there is a best result for. */
export const budgetsIn = (bench: string) => {
  const file = join(bench, 'budget', 'optimum.json');
  if (!existsSync(file)) return [];
  const optima: Optima = json(file);
  return Object.entries(optima).flatMap(([name, byMoves]) => {
    const problem: Problem = json(join(bench, 'budget', `${name}.json`));
    return Object.entries(byMoves).flatMap(([moves, best]) => {
      if (moves === 'start' || !best) return [];
      const policy = { ...problem.policy, max_moves: moves === 'unlimited' ? null : Number(moves) };
      return [{ name: `${name} ${moves}`, problem: { ...problem, policy }, best }];
    });
  });
};
