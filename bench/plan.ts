/** Plans one placement problem: --in problem.json --out plan.json [--time-limit-ms N] [--seed N]. */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { PlacementProblemFile } from '@proxbalance/contracts';
import { type PlacementMove, planPlacement, readProblem } from '@proxbalance/engine';

const { values } = parseArgs({
  options: {
    in: { type: 'string' },
    out: { type: 'string' },
    'time-limit-ms': { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
  },
});
const [limitMs, seed] = [Number(values['time-limit-ms']), Number(values.seed)];
if (!values.in || !values.out || !(limitMs > 0) || !Number.isInteger(seed)) {
  console.error('Usage: node bench/plan.ts --in problem.json --out plan.json [--time-limit-ms N] [--seed N]');
  process.exit(2);
}
const file = PlacementProblemFile.safeParse(JSON.parse(readFileSync(values.in, 'utf8')));
if (!file.success) {
  console.error(file.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'));
  process.exit(2);
}

// The limit is for the whole command: what starting and reading took is gone, and writing takes a little too.
const now = () => performance.now();
const spentMs = now() + limitMs * 0.02;
const begunMs = now();
const problem = readProblem(file.data);
const plan = planPlacement(problem, { seed, timeLimitMs: Math.max(10, limitMs - spentMs), now });
const elapsedMs = now() - begunMs;

const idOf = (nodes: readonly { id: string }[], index: number) => nodes[index]?.id ?? '';
const moveOf = ({ guest, from, to, hop }: PlacementMove) => ({
  guest: idOf(problem.guests, guest),
  from: idOf(problem.nodes, from),
  to: idOf(problem.nodes, to),
  ...(hop && { hop }),
});
const { status, objective, bound, proven, blockers } = plan;
const answer = {
  status,
  steps: plan.steps.map((step) => step.map(moveOf)),
  ...(status === 'infeasible' && { blockers: blockers.map((g) => idOf(problem.guests, g)) }),
  objective,
  bound: Number.isFinite(bound) ? bound : null,
  proven,
  elapsed_ms: Math.round(elapsedMs * 10) / 10,
};
writeFileSync(values.out, JSON.stringify(answer));
