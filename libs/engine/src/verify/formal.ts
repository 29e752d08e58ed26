import type { PlacementProblem } from '../placement/model.ts';
import type { Violation, ViolationKind } from './certificate.ts';
import type { Claim, ClaimedStep } from './claims.ts';
import { nodeOf, type RunningMove } from './rule.ts';

type Accepted = { moves: RunningMove[]; violations: Violation[] };

/** Which claims of a step are moves at all, and what is wrong with the others. Who is not where the plan has it is taken from where it is. */
export const acceptMoves = (
  problem: PlacementProblem,
  at: readonly number[],
  step: number,
  claims: ClaimedStep,
): Accepted => {
  if (claims === null) {
    const message = `step ${step}: it is not a list of moves`;
    return { moves: [], violations: [{ kind: 'malformed', step, message }] };
  }
  const accepted: Accepted = { moves: [], violations: [] };
  const moving = new Set<number>();
  for (const claim of claims) {
    const { move, objections } = judge(problem, at, claim, moving);
    for (const { kind, words, node } of objections) {
      const { guest } = claim.said;
      const where = node === undefined ? {} : { node };
      accepted.violations.push({ kind, step, guest, ...where, message: `step ${step}: ${words}` });
    }
    if (!move) continue;
    moving.add(move.guest);
    accepted.moves.push(move);
  }
  return accepted;
};

type Objection = { kind: ViolationKind; words: string; node?: string };

const judge = (
  problem: PlacementProblem,
  at: readonly number[],
  { guest, to, hop, said }: Claim,
  moving: ReadonlySet<number>,
): { move?: RunningMove; objections: Objection[] } => {
  const refuse = (kind: ViolationKind, words: string, node?: string) => ({
    objections: [...astray, { kind, words, ...(node !== undefined && { node }) }],
  });
  const astray: Objection[] = [];
  if (guest === null) return refuse('unknown-guest', `there is no guest ${said.guest}`);
  if (to === null) return refuse('unknown-node', `there is no node ${said.to} for ${said.guest}`, said.to);
  if (moving.has(guest)) return refuse('double-move', `${said.guest} moves twice`);
  const from = at[guest] ?? -1;
  const where = nodeOf(problem, from).id;
  if (said.from !== where)
    astray.push({ kind: 'wrong-source', words: `${said.guest} is on ${where}, not on ${said.from}`, node: said.from });
  if (from === to) return refuse('no-op', `${said.guest} is on ${where} already`, where);
  return { move: { guest, from, to, hop }, objections: astray };
};
