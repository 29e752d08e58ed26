import type { ClusterPlan, PlanFigures } from '@proxbalance/contracts';

/** All that is known of a plan but its words. */
export type Told = Omit<
  ClusterPlan,
  'explanation' | 'planning_ms' | 'snapshot_id' | 'snapshot_collected_at' | 'snapshot_age_seconds'
>;

type Wanted = { readonly isBalanceWanted: boolean; readonly sparesOthers: boolean };

/** A plan for people, the most important first. */
export const explain = (told: Told, { isBalanceWanted, sparesOthers }: Wanted): string[] => [
  ...outcomeOf(told),
  ...told.left_behind
    .slice(0, shown)
    .map(({ name, vmid, node, detail }) => `${name} (${vmid}) cannot leave ${node}: ${detail}`),
  ...more(told.left_behind.length, 'guests that cannot leave'),
  ...told.unrepairable.slice(0, shown).map(({ message }) => message),
  ...(told.after?.broken ?? []).slice(0, shown).map(({ message }) => `Still not kept: ${message}`),
  ...more(told.after?.broken.length ?? 0, 'rules and limits that are not kept'),
  ...more(told.unrepairable.length, 'rules that cannot be kept'),
  ...evenness(told, isBalanceWanted),
  ...bound(told, sparesOthers),
  ...assurance(told),
  ...claims(told),
  ...staying(told.staying),
];

/** So many of a kind are told one by one. */
const shown = 5;

const more = (count: number, what: string): string[] => (count > shown ? [`${count - shown} more ${what}`] : []);

const outcomeOf = (told: Told): string[] => {
  const { status, conflicts, relaxations, moves, steps, est_duration_minutes: minutes } = told;
  if (status === 'not-found' && told.certificate === null)
    return ['No plan was found in the time there was, and it is not known whether there is one; more time may help'];
  const reasons = [
    ...conflicts.map(({ reason }) => reason),
    ...relaxations.slice(0, shown).map(({ text }) => `It would be possible with: ${text}`),
  ];
  if (told.certificate === null) return ['What is wanted cannot be reached', ...reasons];
  const lacking = reasons.length > 0 ? ['Not all that is wanted can be reached; this comes closest', ...reasons] : [];
  if (moves.length === 0) return [nothingToDo[told.goal], ...lacking];
  const kinds = (['migrate', 'restart', 'create'] as const).flatMap((action) => {
    const count = moves.filter((move) => move.action === action).length;
    return count > 0 ? [counted(count, words[action])] : [];
  });
  const takes = minutes > 0 ? `, about ${Math.ceil(minutes)} min` : '';
  return [`${kinds.join(', ')} in ${counted(steps.length, ['step', 'steps'])}${takes}`, ...lacking];
};

const nothingToDo: Record<ClusterPlan['goal'], string> = {
  balance: 'Nothing has to be moved: no move gains more than it costs',
  rules: 'Nothing has to be moved: every rule and limit that moves can repair is kept',
  evacuate: 'Nothing has to be moved: no guest is there that can leave',
  place: 'Nothing has to be placed',
  'what-if': 'Nothing would have to be moved: no move would gain more than it costs',
};

const words = {
  migrate: ['guest moves', 'guests move'],
  restart: ['guest is started elsewhere', 'guests are started elsewhere'],
  create: ['new guest gets a place', 'new guests get a place'],
} as const;

const counted = (count: number, [one, several]: readonly [string, string]): string =>
  `${count} ${count === 1 ? one : several}`;

const evenness = ({ before, after, moves }: Told, isBalanceWanted: boolean): string[] => {
  if (!isBalanceWanted)
    return [
      'Evenness is not looked for: the goal is rules alone, or no node is above its thresholds and their loads are close',
    ];
  if (!after || moves.length === 0) return [];
  const change = (name: string, of: (figures: PlanFigures) => PlanFigures['cpu']) =>
    `${name} would deviate by ${of(after).deviation.toFixed(1)} points instead of ${of(before).deviation.toFixed(1)}, the highest at ${of(after).highest.toFixed(0)} % instead of ${of(before).highest.toFixed(0)} %`;
  return [change('CPU', ({ cpu }) => cpu), change('Memory', ({ mem }) => mem)];
};

const bound = ({ objective, moves }: Told, sparesOthers: boolean): string[] => {
  if (!objective || moves.length === 0) return [];
  const others = sparesOthers ? ' that leaves the others where they are' : '';
  if (objective.is_optimal) return [`It is proven that no plan${others} is better`];
  return objective.gap_percent === null || objective.gap_percent > 50
    ? []
    : [`No plan${others} can be better by more than ${objective.gap_percent.toFixed(1)} %`];
};

const assurance = ({ certificate, moves, after }: Told): string[] => {
  if (!certificate || moves.length === 0) return [];
  const kept = after?.broken.length
    ? 'room and limits hold for whatever moves, and nothing is broken more than it is now'
    : 'room, rules and limits hold at every moment, on both ends of each move';
  return [`Replayed by a verifier of its own: ${kept}`];
};

const claims = ({ memory }: Told): string[] =>
  memory === 'used'
    ? [
        'Guests count with the memory they use: together they may use more than there is, so one that grows may find no room',
      ]
    : [];

const staying = (counts: ClusterPlan['staying']): string[] => {
  const reasons = Object.entries(counts).sort(([, a], [, b]) => b - a);
  const all = reasons.reduce((sum, [, count]) => sum + count, 0);
  if (all === 0) return [];
  const list = reasons.map(([reason, count]) => `${count} ${reason.replaceAll('_', ' ')}`).join(', ');
  return [`${counted(all, ['guest stays', 'guests stay'])} whatever the load: ${list}`];
};
