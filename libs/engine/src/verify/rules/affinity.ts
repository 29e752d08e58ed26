import type { PlacementProblem, PlacementRule } from '../../placement/model.ts';
import type { Broken, Violation } from '../certificate.ts';
import { idsOf, nodeOf, type PlanRule, type RestingState, type RunningStep } from '../rule.ts';
import { listed } from '../words.ts';

/** All members of a hard rule on one node in the end; what Proxmox holds together is never spread over more nodes than it was. */
export const affinity: PlanRule = {
  name: 'affinity',
  summary: 'Affinity: all members on one node; what Proxmox holds together is not even split for a while',
  kinds: ['affinity-split', 'final-affinity'],
  during: (running) => {
    const touched = new Set(running.moves.map(({ guest }) => running.groups.of[guest]));
    return [...touched].flatMap((group) => (group == null ? [] : split(running, running.groups.members[group] ?? [])));
  },
  atRest: (state) => state.problem.affinity.filter(({ hard }) => hard).flatMap((rule) => spread(state, rule)),
};

const split = ({ problem, step, at, moves }: RunningStep, group: readonly number[]): Violation[] => {
  const targets = new Map(moves.map(({ guest, to }) => [guest, to]));
  const before = new Set(group.map((guest) => at[guest]));
  const after = new Set(group.map((guest) => targets.get(guest) ?? at[guest]));
  if (after.size <= before.size) return [];
  const rule = rulesOver(problem, group).join(', ');
  const members = idsOf(problem, group);
  const message = `step ${step}: ${listed(members)} would be on ${after.size} nodes instead of ${before.size}, and ${rule} keeps them together at every moment`;
  return [{ kind: 'affinity-split', step, rule, members, used: after.size, limit: before.size, message }];
};

const rulesOver = ({ affinity }: PlacementProblem, group: readonly number[]): string[] =>
  affinity
    .filter(({ hard, origin, members: [first] }) => hard && origin === 'pve' && group.includes(first ?? -1))
    .map(({ name }) => name)
    .sort();

const spread = ({ problem, at }: RestingState, rule: PlacementRule): Broken[] => {
  const nodes = [...new Set(rule.members.map((guest) => at[guest] ?? -1))];
  if (nodes.length < 2) return [];
  const members = idsOf(problem, rule.members);
  const where = listed(nodes.map((node) => nodeOf(problem, node).id));
  const message = `${listed(members)} are on ${where}, and ${rule.name} keeps them together`;
  return [{ kind: 'final-affinity', rule: rule.name, members, excess: nodes.length - 1, message }];
};
