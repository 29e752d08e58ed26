import type { PlacementNode, PlacementProblem } from '../../placement/model.ts';
import type { Broken, Violation } from '../certificate.ts';
import { guestOf, nodeOf, type PlanRule, type RestingState, type RunningStep } from '../rule.ts';
import { gibLimit, gibUsed, listed, verb } from '../words.ts';

/** Local disks of guests there and guests arriving fit into the storage of the same name; one that the node does not list has no room. */
export const storage: PlanRule = {
  name: 'storage',
  summary: 'Storage: local disks of guests there and guests arriving fit into the storage of that name',
  kinds: ['storage', 'final-storage'],
  during: (running) => [...running.targets.keys()].flatMap((node) => crowded(running, node)),
  atRest: ({ problem, at }) => {
    const standing = Map.groupBy(at.keys(), (guest) => at[guest]);
    return problem.nodes.flatMap((node, i) => overfull({ problem, at }, node, standing.get(i) ?? []));
  },
};

const crowded = ({ problem, step, targets }: RunningStep, i: number): Violation[] => {
  const { standing = [], arriving = [] } = targets.get(i) ?? {};
  const node = nodeOf(problem, i);
  const used = usedBy(problem, [...standing, ...arriving]);
  return [...usedBy(problem, arriving).keys()].flatMap((name) => {
    const [sum, limit] = [used.get(name) ?? 0, roomOf(node, name)];
    if (sum <= limit) return [];
    const ids = arriving.map((guest) => guestOf(problem, guest)).filter((guest) => Object.hasOwn(guest.disksMib, name));
    const who = `while ${listed(ids.map(({ id }) => id))} ${verb('arrive', ids.length)}`;
    const message = `step ${step}: ${node.id} would hold ${words(sum, limit, name)} ${who}`;
    return [{ kind: 'storage', step, node: node.id, storage: name, used: sum, limit, message }];
  });
};

const overfull = ({ problem }: RestingState, node: PlacementNode, guests: readonly number[]): Broken[] =>
  [...usedBy(problem, guests)].flatMap(([name, used]) => {
    const limit = roomOf(node, name);
    if (used <= limit) return [];
    const message = `${node.id} holds ${words(used, limit, name)}`;
    return [{ kind: 'final-storage', node: node.id, storage: name, used, limit, excess: used - limit, message }];
  });

const usedBy = (problem: PlacementProblem, guests: readonly number[]): Map<string, number> => {
  const used = new Map<string, number>();
  for (const guest of guests)
    for (const [name, mib] of Object.entries(guestOf(problem, guest).disksMib))
      used.set(name, (used.get(name) ?? 0) + mib);
  return used;
};

/** A storage may be called like what every object has: only what the node lists itself counts. */
const roomOf = ({ storageMib }: PlacementNode, name: string): number =>
  Object.hasOwn(storageMib, name) ? (storageMib[name] ?? 0) : 0;

const words = (used: number, limit: number, name: string): string =>
  `${gibUsed(used)} of ${gibLimit(limit)} GiB on ${name}`;
