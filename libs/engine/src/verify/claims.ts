import type { PlacementProblem, PlacementStep } from '../placement/model.ts';

/** A move as it is kept and sent: by names, which still mean the same in a later snapshot. */
export type NamedMove = { readonly guest: string; readonly from: string; readonly to: string; readonly hop?: boolean };
export type NamedStep = readonly NamedMove[];

/** A move as somebody claims it can be made; nothing of it is believed. An index of what is not there is null. */
export type Claim = {
  readonly guest: number | null;
  readonly to: number | null;
  readonly hop: boolean;
  readonly said: NamedMove;
};

/** A step that is no list of moves is null. */
export type ClaimedStep = readonly Claim[] | null;

/** What a plan by index claims. */
export const claimsByIndex = (problem: PlacementProblem, steps: readonly PlacementStep[]): ClaimedStep[] => {
  const { guests, nodes } = problem;
  const name = (list: readonly { id: string }[], i: number) => list[i]?.id ?? `#${i}`;
  return steps.map((step) =>
    step.map(({ guest, from, to, hop }) => ({
      guest: guests[guest] ? guest : null,
      to: nodes[to] ? to : null,
      hop: hop === true,
      said: { guest: name(guests, guest), from: name(nodes, from), to: name(nodes, to) },
    })),
  );
};

/** What a plan by names claims. It may come from outside: its types are not believed either. */
export const claimsByName = (problem: PlacementProblem, steps: readonly unknown[]): ClaimedStep[] => {
  const guests = new Map(problem.guests.map(({ id }, i) => [id, i]));
  const nodes = new Map(problem.nodes.map(({ id }, i) => [id, i]));
  return steps.map((step) => {
    if (!Array.isArray(step)) return null;
    return step.map((move: Partial<NamedMove> | null) => {
      const said = { guest: String(move?.guest), from: String(move?.from), to: String(move?.to) };
      const guest = guests.get(said.guest) ?? null;
      return { guest, to: nodes.get(said.to) ?? null, hop: Boolean(move?.hop), said };
    });
  });
};

/** A plan by index as a plan by names. */
export const nameSteps = (problem: PlacementProblem, steps: readonly PlacementStep[]): NamedStep[] =>
  claimsByIndex(problem, steps).map((step) =>
    (step ?? []).map(({ said, hop }) => (hop ? { ...said, hop: true } : said)),
  );
