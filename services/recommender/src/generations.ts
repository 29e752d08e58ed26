import type { ClusterSnapshot, Migration } from '@proxbalance/contracts';
import type { Bus } from '@proxbalance/service-kit';
import type { Fingerprints } from './fingerprint.ts';
import { inTurn } from './in-turn.ts';
import { type JudgeSettings, judgementParameters, moveSettings, type Wishes } from './judge.ts';
import { judgeSettings, movesOf } from './judge-settings.ts';
import type { Judged } from './judged.ts';
import { type LastGeneration, openLast } from './last-generation.ts';
import type { Learning } from './learning/learning.ts';
import { dueBecause, type Facts } from './materiality.ts';
import type { PastReader, PastSettings } from './past.ts';
import type { Judge } from './thread/open-judge.ts';

export type Generations = {
  /**
   * The generation of a snapshot: the last one when it was made from the very same, the one under way when somebody asked
   * for the same already, else a new one, which is told under `id`.
   */
  of(snapshot: ClusterSnapshot, wishes: Wishes, id: string): Promise<Judged>;
  /** What would be recommended by each of these settings, all with the same past. Nothing of it is told or kept. */
  tried(snapshot: ClusterSnapshot, wishes: Wishes, by: readonly JudgeSettings[]): Promise<Judged[]>;
  /** Why a snapshot should be judged though nobody asks; null while the last generation stands. */
  due(snapshot: ClusterSnapshot): string | null;
  /** The last one, here or by another replica; null before the first. */
  last: LastGeneration['generation'];
};

export type GenerationDeps = {
  bus: Pick<Bus, 'publish' | 'observe'>;
  judge: Pick<Judge, 'judge'>;
  past: PastReader;
  learning: Pick<Learning, 'recall' | 'learned' | 'keep'>;
  fingerprints: Fingerprints;
  settings: () => JudgeSettings & PastSettings;
  active: () => readonly Migration[];
  now: () => Date;
};

export function openGenerations(deps: GenerationDeps): Generations {
  const { bus, fingerprints, learning, settings, active, now } = deps;
  const queue = inTurn();
  const underWay = new Map<string, Promise<Judged>>();
  const surroundings = () => ({
    settings: JSON.stringify([
      settings().penalty_scoring,
      settings().time_zone,
      moveSettings(settings()),
      pastSettings(settings()),
    ]),
    experience: JSON.stringify([learning.learned().feedback, learning.learned().outcomes ?? null]),
    moves: JSON.stringify(movesOf(active())),
  });
  const factsOf = (snapshot: ClusterSnapshot, wishes: Wishes): Facts => {
    const { thresholds, maintenanceNodes } = judgementParameters(snapshot, settings(), wishes);
    const parameters = { ...thresholds, maintenance_nodes: maintenanceNodes };
    return { cluster: fingerprints.of(snapshot), parameters, ...surroundings() };
  };
  const last = openLast(bus, ({ snapshot_id, parameters }) => {
    const around = surroundings();
    return () => ({ cluster: fingerprints.known(snapshot_id), parameters, ...around });
  });

  const make = async (snapshot: ClusterSnapshot, wishes: Wishes, id: string): Promise<Judged> => {
    // Taken together, before anything is waited for: what changes meanwhile is a reason to judge again.
    const facts = factsOf(snapshot, wishes);
    const learned = learning.learned();
    const input = { snapshot, wishes, settings: judgeSettings(settings()), active: movesOf(active()), learned };
    const { trends, profiles, moves, told } = await deps.past.read(facts.parameters);
    const previous = last.forComparison();
    const judged = await deps.judge.judge({ ...input, trends, profiles, moves, previous, judgedWith: told });
    await last.tell(judged, facts, id);
    // What would be with other thresholds is nobody's news.
    await learning.keep(snapshot, judged.head, { id, tells: Object.keys(wishes).length === 0 });
    return judged;
  };

  return {
    async of(snapshot, wishes, id) {
      await learning.recall();
      const key = JSON.stringify([snapshot.snapshot_id, factsOf(snapshot, wishes)]);
      const known = () => last.madeFrom(snapshot.snapshot_id, factsOf(snapshot, wishes));
      const start = () => queue(async () => known() ?? make(snapshot, wishes, id)).finally(() => underWay.delete(key));
      const same = underWay.get(key) ?? start();
      underWay.set(key, same);
      return await same;
    },
    async tried(snapshot, wishes, by) {
      const { thresholds } = judgementParameters(snapshot, settings(), wishes);
      await learning.recall();
      const learned = learning.learned();
      const input = { snapshot, wishes, active: movesOf(active()), learned, previous: null };
      const { trends, profiles, moves } = await deps.past.read(thresholds);
      const known = { ...input, trends, profiles, moves };
      const judged = by.map((one) => deps.judge.judge({ ...known, settings: judgeSettings(one) }));
      return await Promise.all(judged);
    },
    due(snapshot) {
      const at = { ms: now().getTime(), guests: Object.keys(snapshot.guests).length };
      return dueBecause(last.standing(), factsOf(snapshot, {}), at);
    },
    last: last.generation,
  };
}

/** What decides which past a judgement is given. */
const pastSettings = ({ migration_settings: { lookback_days, protect_workloads } }: PastSettings) => [
  lookback_days,
  protect_workloads,
];
