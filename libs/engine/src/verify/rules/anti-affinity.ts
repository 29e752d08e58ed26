import type { PlacementRule } from '../../placement/model.ts';
import type { Broken, Violation } from '../certificate.ts';
import { idsOf, nodeOf, type PlanRule, type RestingState, type RunningStep } from '../rule.ts';
import { listed, verb } from '../words.ts';

/** No two members of a hard rule on one node in the end; where Proxmox itself enforces it, at no moment, both ends of moves included. */
export const antiAffinity: PlanRule = {
  name: 'anti-affinity',
  summary: 'Anti-affinity: no two members on one node; where Proxmox enforces it, at no moment',
  kinds: ['anti-affinity', 'final-anti-affinity'],
  during: (running) =>
    running.problem.antiAffinity
      .filter(({ hard, origin }) => hard && origin === 'pve')
      .flatMap((rule) => meetings(running, rule)),
  atRest: (state) => state.problem.antiAffinity.filter(({ hard }) => hard).flatMap((rule) => together(state, rule)),
};

/** Nodes where a member arrives while another one is there or arrives too. Members that stand together already are no fault of the step. */
const meetings = ({ problem, step, at, moves, targets }: RunningStep, rule: PlacementRule): Violation[] => {
  const own = new Set(rule.members);
  const members = idsOf(problem, rule.members);
  const reached = new Set(moves.filter(({ guest }) => own.has(guest)).map(({ to }) => to));
  return [...reached].flatMap((i) => {
    const arriving = (targets.get(i)?.arriving ?? []).filter((guest) => own.has(guest));
    const there = rule.members.filter((guest) => at[guest] === i);
    if (arriving.length + there.length < 2) return [];
    const node = nodeOf(problem, i).id;
    const who = `${listed(idsOf(problem, arriving))} ${verb('arrive', arriving.length)} on ${node}`;
    const company =
      there.length > 0 ? `while ${listed(idsOf(problem, there))} ${verb('stand', there.length)} there` : 'together';
    const message = `step ${step}: ${who} ${company}, and ${rule.name} keeps them apart at every moment`;
    return [{ kind: 'anti-affinity', step, node, rule: rule.name, members, message }];
  });
};

const together = ({ problem, at }: RestingState, rule: PlacementRule): Broken[] =>
  [...Map.groupBy(rule.members, (guest) => at[guest] ?? -1)].flatMap(([i, guests]) => {
    if (guests.length < 2) return [];
    const [node, members] = [nodeOf(problem, i).id, idsOf(problem, rule.members)];
    const message = `${listed(idsOf(problem, guests))} are on ${node} together, and ${rule.name} keeps them apart`;
    return [{ kind: 'final-anti-affinity', node, rule: rule.name, members, excess: guests.length - 1, message }];
  });
