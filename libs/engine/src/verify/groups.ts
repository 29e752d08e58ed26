import type { PlacementProblem } from '../placement/model.ts';
import type { Groups } from './rule.ts';

/** Who is held together by Proxmox: members of hard rules, by way of members that rules have in common. */
export const groupsOf = ({ guests, affinity }: PlacementProblem): Groups => {
  const rules = affinity.filter(({ hard, origin }) => hard && origin === 'pve');
  const rulesOf = Map.groupBy(
    rules.flatMap((rule) => rule.members.map((guest) => ({ guest, rule }))),
    ({ guest }) => guest,
  );
  const of: (number | null)[] = guests.map(() => null);
  const members: number[][] = [];
  for (const first of rulesOf.keys()) {
    if (of[first] !== null) continue;
    const group: number[] = [];
    // Every member that is reached adds the members of its rules
    const reached = [first];
    for (let guest = reached.pop(); guest !== undefined; guest = reached.pop()) {
      if (of[guest] !== null) continue;
      of[guest] = members.length;
      group.push(guest);
      for (const { rule } of rulesOf.get(guest) ?? []) reached.push(...rule.members);
    }
    members.push(group);
  }
  return { of, members };
};
