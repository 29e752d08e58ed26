import type { PlacementNode } from '../../placement/model.ts';
import type { Broken, Violation } from '../certificate.ts';
import { guestOf, nodeOf, type PlanRule } from '../rule.ts';

/** Nothing moves onto a node that is to be empty or is closed, and what is to be empty is empty in the end. */
export const duty: PlanRule = {
  name: 'duty',
  summary: 'Nodes in maintenance and nodes to be emptied receive nothing and end empty; closed ones receive nothing',
  kinds: ['to-maintenance', 'to-evacuated', 'to-closed', 'final-maintenance', 'final-evacuate'],
  during: ({ problem, step, moves }) =>
    moves.flatMap(({ guest, to }): Violation[] => {
      const node = nodeOf(problem, to);
      const refused = refusals[node.duty];
      if (!refused) return [];
      const { id } = guestOf(problem, guest);
      const message = `step ${step}: ${id} would go to ${node.id}, which ${refused.because}`;
      return [{ kind: refused.kind, step, guest: id, node: node.id, message }];
    }),
  atRest: ({ problem, at }) =>
    at.flatMap((i, guest): Broken[] => {
      const node = nodeOf(problem, i);
      const kind = toBeEmpty[node.duty];
      if (!kind) return [];
      const { id } = guestOf(problem, guest);
      const message = `${id} is on ${node.id}, which ${refusals[node.duty]?.because}`;
      return [{ kind, guest: id, node: node.id, excess: 1, message }];
    }),
};

type ByDuty<T> = Readonly<Record<PlacementNode['duty'], T | null>>;

const refusals: ByDuty<{ kind: Violation['kind']; because: string }> = {
  serves: null,
  drains: { kind: 'to-evacuated', because: 'is to be emptied' },
  maintenance: { kind: 'to-maintenance', because: 'is in maintenance' },
  closed: { kind: 'to-closed', because: 'receives nothing' },
};

const toBeEmpty: ByDuty<Broken['kind']> = {
  serves: null,
  drains: 'final-evacuate',
  maintenance: 'final-maintenance',
  closed: null,
};
