import type { PlacementProblem, PlacementRule } from '../../placement/model.ts';
import { type Compact, compactOf } from './compact.ts';

/** What decides about moves: who may go where, whom Proxmox keeps together and apart, and how much may happen at once. */
export type Ground = {
  readonly compact: Compact;
  /** By guest: nodes it may go to at all, and whether it may be on a node for good; who cannot move has none to go to */
  readonly targets: readonly (readonly number[])[];
  readonly allowed: readonly (ReadonlySet<number> | null)[];
  /** By guest: members of the rules by which Proxmox keeps others off its node */
  readonly foes: readonly (readonly number[])[];
  /** Guests that Proxmox holds together, and the group each guest is in; -1: none */
  readonly groups: readonly (readonly number[])[];
  readonly groupOf: readonly number[];
  readonly maxNodeInflow: number;
  readonly maxParallel: number;
};

/** Null: some size is not a number, and nothing can be said. */
export const groundOf = (problem: PlacementProblem): Ground | null => {
  const compact = compactOf(problem);
  if (!compact) return null;
  const serving = [...problem.nodes.keys()].filter((node) => problem.nodes[node]?.duty === 'serves');
  const { groups, groupOf } = groupsOf(problem);
  return {
    compact,
    targets: problem.guests.map(({ fixed }) => (fixed === null ? serving : [])),
    allowed: problem.guests.map(({ allowed }) => allowed && new Set(allowed)),
    foes: foesOf(problem),
    groups,
    groupOf,
    maxNodeInflow: problem.policy.maxNodeInflow ?? Number.POSITIVE_INFINITY,
    maxParallel: problem.policy.maxParallel ?? Number.POSITIVE_INFINITY,
  };
};

const held = (rules: readonly PlacementRule[]) => rules.filter(({ hard, origin }) => hard && origin === 'pve');

const foesOf = ({ guests, antiAffinity }: PlacementProblem): number[][] => {
  const foes = guests.map(() => new Set<number>());
  for (const { members } of held(antiAffinity))
    for (const one of members) for (const other of members) if (other !== one) foes[one]?.add(other);
  return foes.map((others) => [...others]);
};

const groupsOf = ({ guests, affinity }: PlacementProblem): Pick<Ground, 'groups' | 'groupOf'> => {
  let groups: Set<number>[] = [];
  for (const { members } of held(affinity)) {
    const touching = groups.filter((group) => members.some((guest) => group.has(guest)));
    groups = groups.filter((group) => !touching.includes(group));
    groups.push(new Set([...touching.flatMap((group) => [...group]), ...members]));
  }
  const groupOf = guests.map((_, guest) => groups.findIndex((group) => group.has(guest)));
  return { groups: groups.map((group) => [...group]), groupOf };
};
