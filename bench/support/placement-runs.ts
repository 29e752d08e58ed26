import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type Problem = { readonly id?: string; readonly policy: object; readonly [key: string]: unknown };

/** What the given scorer says of a plan; the few of its figures that are printed. */
export type Score = {
  readonly status: string;
  readonly pass: boolean;
  readonly violations: { readonly during: number; readonly end: number };
  readonly objective: { readonly before: number | null; readonly after: number | null };
  readonly moves: { readonly total: number; readonly weighted_gib: number };
  readonly figures: { readonly after: { readonly cpu: Spread; readonly mem: Spread } };
};
type Spread = { readonly spread: number; readonly sd: number };

export type Run = {
  readonly score: Score;
  readonly planMs: number;
  readonly wallMs: number;
  readonly bound: number | null;
  readonly proven: boolean;
};

export type RunOptions = {
  readonly bench: string;
  readonly scratch: string;
  readonly limitMs: number;
  readonly seed: number;
};

/** Plans a problem in a process of its own, without what a planner must not know, and has the scorer judge the plan. */
export const planAndScore = (problem: Problem, { bench, scratch, limitMs, seed }: RunOptions): Run => {
  const [given, whole, answer] = ['given', 'whole', 'plan'].map((name) => join(scratch, `${name}.json`)) as Files;
  const { id: _id, family: _family, expect: _expect, ...known } = problem;
  writeFileSync(given, JSON.stringify(known));
  writeFileSync(whole, JSON.stringify(problem));
  const begunMs = performance.now();
  const limits = ['--time-limit-ms', String(limitMs), '--seed', String(seed)];
  node([join(import.meta.dirname, '..', 'plan.ts'), '--in', given, '--out', answer, ...limits], [0]);
  const wallMs = performance.now() - begunMs;
  const plan = JSON.parse(readFileSync(answer, 'utf8'));
  const score: Score = JSON.parse(node([join(bench, 'score.mjs'), whole, answer, '--json'], [0, 1]));
  return { score, planMs: plan.elapsed_ms, wallMs, bound: plan.bound, proven: plan.proven };
};

type Files = [string, string, string];

/** Runs a script to its end and returns what it wrote. */
export const node = (args: readonly string[], expected: readonly number[]): string => {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', maxBuffer: 2 ** 28 });
  if (status === null || !expected.includes(status)) throw new Error(`${args[0]} ended with ${status}: ${stderr}`);
  return stdout;
};
