import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { PlacementProblemFile } from '@proxbalance/contracts';
import { expect, test } from 'vitest';
import { readProblem } from '../placement/read-problem.ts';
import { nameSteps } from '../verify/claims.ts';
import { explainInfeasible } from './explain-infeasible.ts';
import { planRefusal } from './plan-answer.ts';

/*
 * The given problems that have no permitted state, and small ones that have: the given scorer agrees with every answer.
 */
const root = resolve(import.meta.dirname, '../../../..');
const bench = resolve(root, process.env.PROXBALANCE_SHARED ?? '../shared', 'bench');
const there = existsSync(bench);
if (!there)
  console.warn(`SKIPPED: given placement problems, there is no ${bench}; PROXBALANCE_SHARED names the folder`);

const names = there
  ? readdirSync(resolve(bench, 'problems')).filter((name) => /^(infeasible|constraints|migration)-/.test(name))
  : [];

test.skipIf(!there)('there are problems to judge', () => expect(names.length).toBeGreaterThan(0));

test.each(names)('%s', async (name) => {
  const file = JSON.parse(readFileSync(resolve(bench, 'problems', name), 'utf8'));
  const problem = readProblem(PlacementProblemFile.parse(file));
  const verdict = explainInfeasible(problem);
  const { score } = await import(resolve(bench, 'score.mjs'));
  if (verdict.status === 'feasible') {
    expect(file.expect.feasible).toBe(true);
    const steps = verdict.steps && nameSteps(problem, verdict.steps);
    expect(score(file, { status: 'ok', steps })).toMatchObject({ valid: true });
    return;
  }
  if (verdict.status === 'unknown') throw new Error('not known');
  expect(score(file, { ...planRefusal(verdict), steps: [] })).toMatchObject({ pass: true, explained: true });
  expect(verdict.conflicts.every(({ minimal }) => minimal)).toBe(true);
  expect(verdict.relaxations.length).toBeGreaterThan(0);
});
