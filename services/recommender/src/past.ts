import {
  type GuestMove,
  type GuestProfile,
  type JudgedWith,
  type MigrationSettings,
  type NodeTrend,
  type Outcome,
  ReadGuestMoves,
  ReadGuestProfiles,
  ReadNodeTrends,
  type Thresholds,
} from '@proxbalance/contracts';
import type { Bus } from '@proxbalance/service-kit';

/** What the collector knows of the past. */
export type Past = {
  trends?: Record<string, NodeTrend> | undefined;
  profiles?: Record<string, GuestProfile> | undefined;
  /** Guests that changed their node within the last week, oldest first; empty as long as that is not known */
  moves: readonly GuestMove[];
  told: JudgedWith;
};

export type PastReader = {
  /** Asks for trends of all nodes, profiles of all guests and their moves. Never throws: what is missing is said in `told`. */
  read(thresholds: Thresholds): Promise<Past>;
  /** What was read last. */
  last(): Past;
};

/** A judgement does not wait longer for it, milliseconds. */
const patienceMs = 1500;
/** Forecasts look at no more, hours. */
const movesHours = 168;
/** Profiles are made of hours: those that are there are good for so long, milliseconds. */
const profilesFreshMs = 5 * 60_000;

/** How much of the past counts, and whether what guests are known to do does. */
export type PastSettings = { migration_settings: Pick<MigrationSettings, 'lookback_days' | 'protect_workloads'> };

export function openPast(bus: Pick<Bus, 'ask'>, now: () => Date, settings: () => PastSettings): PastReader {
  let last: Past = { moves: [], told: toldOf(undefined, undefined, []) };
  let profilesAt = Number.NEGATIVE_INFINITY;
  const readTrends = ({ cpu_threshold, mem_threshold }: Thresholds, lookback_days: number) =>
    bus.ask({ ...ReadNodeTrends, timeoutMs: patienceMs }, { lookback_days, cpu_threshold, mem_threshold });
  const readProfiles = async (): Promise<Outcome<{ profiles: Record<string, GuestProfile> | undefined }>> => {
    const at = now().getTime();
    if (last.profiles && at - profilesAt < profilesFreshMs) return { ok: true, value: { profiles: last.profiles } };
    const answer = await bus.ask({ ...ReadGuestProfiles, timeoutMs: patienceMs }, {});
    if (answer.ok) profilesAt = at;
    return answer;
  };
  return {
    last: () => last,
    async read(thresholds) {
      const { lookback_days, protect_workloads: wanted } = settings().migration_settings;
      const [trends, profiles, moves] = await Promise.all([
        readTrends(thresholds, lookback_days),
        wanted ? readProfiles() : unwanted,
        bus.ask({ ...ReadGuestMoves, timeoutMs: patienceMs }, { hours: movesHours }),
      ]);
      const missing = [
        ...(trends.ok ? [] : [`trends of nodes: ${trends.error.message}`]),
        ...(profiles.ok ? [] : [`profiles of guests: ${profiles.error.message}`]),
        ...(moves.ok ? [] : [`moves of guests: ${moves.error.message}`]),
      ];
      const [known, habits] = [
        trends.ok ? trends.value.nodes : undefined,
        profiles.ok ? profiles.value.profiles : undefined,
      ];
      last = {
        trends: known,
        profiles: habits,
        // What happened stays true, though nobody can be asked about it.
        moves: moves.ok ? moves.value.moves : last.moves,
        told: toldOf(known, habits, missing),
      };
      return last;
    },
  };
}

const unwanted: Outcome<{ profiles: undefined }> = { ok: true, value: { profiles: undefined } };

const toldOf = (trends: Past['trends'], profiles: Past['profiles'], missing: string[]): JudgedWith => ({
  node_trends: Object.values(trends ?? {}).filter(({ cpu }) => cpu.direction !== 'unknown').length,
  guest_profiles: Object.values(profiles ?? {}).filter(({ behavior }) => behavior !== 'unknown').length,
  missing,
});
