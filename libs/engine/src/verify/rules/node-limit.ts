import type { PlacementGuest, PlacementNode } from '../../placement/model.ts';
import type { RestKind, ViolationKind } from '../certificate.ts';
import { guestOf, nodeOf, type PlanRule, type RestingState, type RunningStep } from '../rule.ts';
import { listed, verb } from '../words.ts';

type NodeLimit = {
  name: 'ram' | 'cpu';
  summary: string;
  atEnd: Extract<RestKind, 'final-ram' | 'final-cpu'>;
  demand: (guest: PlacementGuest) => number;
  limit: (node: PlacementNode) => number;
  words: (used: number, limit: number) => string;
};

/** A limit of a node on the sum of what its guests claim. A node already above it is no fault of a plan until something arrives that claims more. */
export const nodeLimit = ({ name, summary, atEnd, demand, limit, words }: NodeLimit): PlanRule => ({
  name,
  summary,
  kinds: [name satisfies ViolationKind, atEnd],
  during: ({ problem, step, targets }: RunningStep) =>
    [...targets].flatMap(([i, { standing, arriving }]) => {
      const claim = (guest: number) => demand(guestOf(problem, guest));
      const added = arriving.filter((guest) => claim(guest) !== 0);
      const used = [...standing, ...arriving].reduce((sum, guest) => sum + claim(guest), 0);
      const node = nodeOf(problem, i);
      // Asked this way round, what is not a number does not pass
      if (added.length === 0 || used <= limit(node)) return [];
      const who = listed(added.map((guest) => guestOf(problem, guest).id));
      const message = `step ${step}: ${node.id} would hold ${words(used, limit(node))} while ${who} ${verb('arrive', added.length)}`;
      return [{ kind: name, step, node: node.id, used, limit: limit(node), message }];
    }),
  atRest: ({ problem, at }: RestingState) => {
    const used = problem.nodes.map(() => 0);
    for (const [guest, node] of at.entries()) used[node] = (used[node] ?? 0) + demand(guestOf(problem, guest));
    return problem.nodes.flatMap((node, i) => {
      const sum = used[i] ?? 0;
      if (sum <= limit(node)) return [];
      const message = `${node.id} holds ${words(sum, limit(node))}`;
      return [{ kind: atEnd, node: node.id, used: sum, limit: limit(node), excess: sum - limit(node), message }];
    });
  },
});
