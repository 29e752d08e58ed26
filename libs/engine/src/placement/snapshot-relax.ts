import type { PlacementRule } from './model.ts';
import type { ReadGuest } from './snapshot-guests.ts';
import type { ReadNode } from './snapshot-nodes.ts';
import type { NamedRule } from './snapshot-rules.ts';

/** Rules as the model has them, by the guests that stay where they are whatever is planned. */
export const relaxAll = (
  rules: readonly NamedRule[],
  guests: readonly ReadGuest[],
  nodes: readonly ReadNode[],
  staysPut: (one: ReadGuest) => boolean,
) => {
  const members = new Map(
    guests.map((one, index): [number, RuleMember] => {
      const { id, guest, node, allowed } = one;
      const mayBeOn = (n: number) => nodes[n]?.duty === 'serves' && (allowed === null || allowed.includes(n));
      const nodeName = nodes[node]?.name ?? '';
      return [guest.vmid, { index, label: `${guest.name} (${id})`, node, nodeName, isStuck: staysPut(one), mayBeOn }];
    }),
  );
  const relaxed = rules.map((rule) => {
    const known = rule.vmids.flatMap((vmid) => members.get(vmid) ?? []);
    return { kind: rule.kind, ...relax(rule, known) };
  });
  const only = (wanted: NamedRule['kind']) =>
    relaxed.flatMap(({ kind, rule }) => (rule && kind === wanted ? [rule] : []));
  return {
    affinity: only('together'),
    antiAffinity: only('apart'),
    unrepairable: relaxed.flatMap(({ left }) => left ?? []),
  };
};

/** A guest as far as rules are concerned. */
type RuleMember = {
  readonly index: number;
  readonly label: string;
  readonly node: number;
  readonly nodeName: string;
  /** It cannot go anywhere */
  readonly isStuck: boolean;
  readonly mayBeOn: (node: number) => boolean;
};

/** A rule that is broken, or as good as, by guests that nothing can move: a plan does without that part of it. */
export type Unrepairable = { readonly rule: string; readonly message: string };

type Relaxed = { rule: PlacementRule | null; left: Unrepairable | null };

/** A rule with the members that are there, without those that no plan could make it keep. */
const relax = (rule: NamedRule, members: readonly RuleMember[]): Relaxed => {
  const kept = rule.kind === 'apart' ? onePerNode(members) : aroundAnchor(members);
  const { name, origin } = rule;
  const indices = kept.map(({ index }) => index).sort((a, b) => a - b);
  return {
    rule: indices.length > 1 ? { name, members: indices, hard: true, origin } : null,
    left: kept.length < members.length ? { rule: name, message: wordsFor(rule, members, kept) } : null,
  };
};

/** Of members that share a node for good, the first stands for all: nobody else may come as long as it is there. */
const onePerNode = (members: readonly RuleMember[]): RuleMember[] => {
  const taken = new Set<number>();
  return members.filter(({ isStuck, node }) => {
    if (!isStuck) return true;
    const isFirst = !taken.has(node);
    taken.add(node);
    return isFirst;
  });
};

/** Members gather where those are that cannot move: the largest number of them. Who cannot come is left out. */
const aroundAnchor = (members: readonly RuleMember[]): RuleMember[] => {
  const stuck = members.filter(({ isStuck }) => isStuck);
  const byNode = [...Map.groupBy(stuck, ({ node }) => node)].sort(([a, x], [b, y]) => y.length - x.length || a - b);
  const anchor = byNode[0]?.[0];
  if (anchor === undefined) return [...members];
  return members.filter(({ node, isStuck, mayBeOn }) => node === anchor || (!isStuck && mayBeOn(anchor)));
};

const wordsFor = ({ kind, name }: NamedRule, members: readonly RuleMember[], kept: readonly RuleMember[]): string => {
  const out = members.filter((one) => !kept.includes(one)).map(({ label, nodeName }) => `${label} on ${nodeName}`);
  const wish = kind === 'apart' ? 'is to be apart from another guest there' : 'is to be with others of its group';
  const list = out.length > 3 ? `${out.slice(0, 3).join(', ')} and ${out.length - 3} more` : out.join(', ');
  return `${name} cannot be kept whatever is moved: ${list} ${wish} and cannot be moved`;
};
