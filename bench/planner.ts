/** The placement planner on every problem of a folder, beside other planners: [folder] --only REGEX --time-limit-ms N --seed N --big. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { median } from './support/figures.ts';
import { budgetsIn, type Peer, type Peers, peersIn, problemsIn } from './support/placement-problems.ts';
import { type Problem, planAndScore, type Run } from './support/placement-runs.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string', default: '' },
    'time-limit-ms': { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    big: { type: 'boolean', default: false },
  },
});
const bench = resolve(positionals[0] ?? join(import.meta.dirname, '..', '..', 'shared', 'bench'));
if (!existsSync(join(bench, 'score.mjs'))) {
  console.error(`${bench} holds no placement problems and no score.mjs: name the folder that does.`);
  process.exit(2);
}
const only = new RegExp(values.only);
const scratch = mkdtempSync(join(tmpdir(), 'planner-'));
const options = { bench, scratch, limitMs: Number(values['time-limit-ms']), seed: Number(values.seed) };
try {
  const failed = runProblems(peersIn(bench)) + runBudgets();
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

function runProblems(peers: Peers): number {
  const problems = problemsIn(bench, values.big).filter(({ id }) => only.test(id ?? ''));
  if (problems.length === 0) return 0;
  print(['problem', 'status', 'pass', 'start', 'objective', 'bound', 'moves', 'GiB', 'ms', 'solver', 'ms', 'greedy']);
  const runs = problems.map((problem) => ({ problem, run: show(problem, peers[problem.id ?? ''] ?? {}) }));
  const passed = runs.filter(({ run }) => run.score.pass).length;
  const during = runs.reduce((total, { run }) => total + run.score.violations.during, 0);
  const small = runs.filter(({ problem }) => Array.isArray(problem.guests) && problem.guests.length < 50);
  const rivals = runs.flatMap(({ problem, run }) => {
    const best = peers[problem.id ?? '']?.best?.objective;
    return best == null ? [] : [run.score.pass && (run.score.objective.after ?? Number.POSITIVE_INFINITY) <= best];
  });
  console.log(`
${passed}/${runs.length} expectations met, ${during} violations on the way, at least as good as the best of the others \
${rivals.filter(Boolean).length}/${rivals.length}, proven ${runs.filter(({ run }) => run.proven).length}, \
small problems ${median(small.map(({ run }) => run.planMs)).toFixed(1)} ms (median)\n`);
  return runs.length - passed;
}

function show(problem: Problem, peers: Record<string, Peer | undefined>): Run {
  const run = planAndScore(problem, options);
  const { score } = run;
  const solver = Object.entries(peers)
    .filter(([name, peer]) => name.startsWith('cpsat') && peer?.objective != null)
    .map(([, peer]) => peer)
    .sort((a, b) => (a?.objective ?? 0) - (b?.objective ?? 0))[0];
  print([
    problem.id ?? '',
    score.status,
    score.pass ? 'yes' : 'NO',
    number(score.objective.before),
    number(score.objective.after),
    run.proven ? 'proven' : number(run.bound),
    String(score.moves.total),
    number(score.moves.weighted_gib),
    number(run.planMs),
    `${number(solver?.objective)}${solver?.pass === false ? '!' : ''}`,
    number(solver?.time_ms),
    `${number(peers.greedy?.objective)}${peers.greedy?.pass === false ? '!' : ''}`,
  ]);
  return run;
}

/** Spread of CPU and memory with so many moves, beside the best known. Returns how many are off by more than is allowed. */
function runBudgets(): number {
  const budgets = budgetsIn(bench).filter(({ name }) => only.test(name));
  if (budgets.length === 0) return 0;
  print(['moves allowed', 'status', 'pass', 'cpu', 'memory', 'sum', 'moves', 'GiB', 'ms', 'solver', 'moves', '']);
  return budgets.filter(({ name, problem, best }) => {
    const { score, planMs } = planAndScore(problem, options);
    const { cpu, mem } = score.figures.after;
    const sum = cpu.spread + mem.spread;
    const good = score.pass && sum <= Math.max(best.sum * 1.02, best.sum + 0.5);
    const { total, weighted_gib } = score.moves;
    const spreads = [cpu.spread, mem.spread, sum].map((each) => each.toFixed(2));
    const solver = `${best.sum.toFixed(2)}${best.proven ? '' : '?'}`;
    const ours = [String(total), number(weighted_gib), number(planMs)];
    print([name, score.status, good ? 'yes' : 'NO', ...spreads, ...ours, solver, String(best.moves ?? ''), '']);
    return !good;
  }).length;
}

function number(value: number | null | undefined): string {
  return value == null ? '–' : String(Math.round(value * 100) / 100);
}

function print(columns: readonly string[]): void {
  const widths = [22, 13, 4, 12, 14, 14, 6, 8, 8, 14, 9, 12];
  console.log(
    columns.map((each, i) => (i < 2 ? each.padEnd(widths[i] ?? 0) : each.padStart(widths[i] ?? 0))).join(' '),
  );
}
