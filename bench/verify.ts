/** Our verifier against the given scorer, on given and random problems and plans good and bad. Arguments: --problems N --seed N --bench FOLDER */
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { PlacementProblemFile } from '@proxbalance/contracts';
import { type PlacementProblem, readProblem, verifyNamedPlan } from '@proxbalance/engine';
import { carefulPlan, randomPlan } from './support/random-plan.ts';
import {
  between,
  chance,
  type Dice,
  diceOf,
  pick,
  type RandomProblem,
  randomProblem,
} from './support/random-problem.ts';
import { loadScorer, type ScoredViolation, type Scorer } from './support/scorer.ts';

const { values } = parseArgs({
  options: {
    problems: { type: 'string', default: '4000' },
    seed: { type: 'string', default: '1' },
    bench: { type: 'string', default: resolve(import.meta.dirname, '../../shared/bench') },
  },
});
const scorer = await loadScorer(values.bench);
if (scorer) compare(scorer, Number(values.problems), Number(values.seed));

type File = RandomProblem | { nodes: { id: string }[]; guests: { id: string; node: string }[] };

function compare(judge: Scorer, count: number, seed: number): void {
  const kinds = new Map<string, number>();
  let [plans, fine, ours, differ] = [0, 0, 0, 0];
  for (const file of [...given(), ...random(count, seed)]) {
    const problem = readProblem(PlacementProblemFile.parse(file));
    for (const steps of plansFor(diceOf(seed + plans), file, judge)) {
      const scored = judge.score(file, { status: 'ok', steps });
      const before = performance.now();
      const { certified, violations } = verifyNamedPlan(problem, steps, { complete: true });
      ours += performance.now() - before;
      plans += 1;
      if (certified) fine += 1;
      for (const { kind } of scored.violations.list) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
      const found = [...unmatched(scored.violations.list, violations), ...partly(judge, file, problem, steps)];
      if (found.length === 0) continue;
      differ += 1;
      if (differ <= 3) console.log(JSON.stringify({ found, steps, file }));
    }
  }
  for (const [kind, times] of [...kinds].sort()) console.log(`${kind.padEnd(22)} ${String(times).padStart(8)}`);
  console.log(
    `\n${plans} plans, ${fine} certified, ${differ} judged otherwise than by the scorer; ${((1000 * ours) / plans).toFixed(0)} µs a plan`,
  );
  if (differ > 0) process.exitCode = 1;
}

/** The given problems of up to 300 guests. */
function given(): File[] {
  const folder = resolve(values.bench, 'problems');
  const files = readdirSync(folder).map((name) => JSON.parse(readFileSync(resolve(folder, name), 'utf8')) as File);
  return files.filter(({ guests }) => guests.length <= 300);
}

function random(count: number, seed: number): File[] {
  const dice = diceOf(seed);
  return Array.from({ length: count }, () => {
    const nodes = chance(dice, 0.9) ? between(dice, 2, 6) : between(dice, 7, 24);
    return randomProblem(dice, nodes, between(dice, 1, 4 * nodes), pick(dice, [1, 0.6, 0.3]));
  });
}

function plansFor(dice: Dice, file: File, judge: Scorer): unknown[][] {
  const careful = carefulPlan(
    dice,
    file,
    (steps) => judge.score(file, { status: 'ok', steps }).violations.during === 0,
  );
  return [[], randomPlan(dice, file, 0), randomPlan(dice, file, 0.1), careful];
}

/** Violations that only one of the two names; ours may say more about each. */
function unmatched(theirs: readonly ScoredViolation[], ours: readonly ScoredViolation[]): unknown[] {
  const left = [...ours];
  const missed = theirs.filter(({ kind, step, node, guest, rule }) => {
    const same = (own: ScoredViolation) =>
      own.kind === kind &&
      own.step === step &&
      (node === undefined || own.node === node) &&
      (guest === undefined || own.guest === guest) &&
      (rule === undefined || own.rule === rule);
    const i = left.findIndex(same);
    if (i >= 0) left.splice(i, 1);
    return i < 0;
  });
  return [...missed.map((one) => ({ missed: one })), ...left.map((one) => ({ invented: one }))];
}

/** A plan that need not repair everything: what is broken at both its ends, and what happens on the way. */
function partly(judge: Scorer, file: File, problem: PlacementProblem, steps: readonly unknown[]): unknown[] {
  const certificate = verifyNamedPlan(problem, steps, { complete: false });
  const compiled = judge.compile(file);
  const at = (own: readonly Omit<ScoredViolation, 'step'>[]) => own.map((one) => ({ ...one, step: 0 }));
  const during = certificate.violations.filter(({ kind }) => !kind.startsWith('final-'));
  const { list } = judge.score(file, { status: 'infeasible', steps }).violations;
  return [
    ...unmatched(list, during),
    ...unmatched(at(judge.broken(compiled, compiled.start)), at(certificate.brokenBefore)),
    ...unmatched(at(judge.broken(compiled, certificate.placement)), at(certificate.brokenAfter)),
  ];
}
