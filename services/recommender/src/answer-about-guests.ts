import {
  type ClusterSnapshot,
  ExplainGuest,
  type Generation,
  ListMigrationOptions,
  type Migration,
  RefusedError,
  type Settings,
} from '@proxbalance/contracts';
import { explainGuest, migrationOptions } from '@proxbalance/engine';
import { answer } from '@proxbalance/service-kit';
import { type JudgeInput, judgementParameters, moveSettings } from './judge.ts';
import type { Past } from './past.ts';

export type GuestAnswers = {
  /** The snapshot of which questions are answered; refuses when there is none */
  latest: () => ClusterSnapshot;
  settings: () => Settings;
  active: () => readonly Migration[];
  /** The last generation; null before the first */
  generation: () => { whole(): Promise<Generation> } | null;
  /** What is known of trends and habits, which count in the scores */
  past: () => Past;
};

/** Questions about one guest: where it could go, and why it moves or stays. */
export const answerAboutGuests = ({ latest, settings, active, generation, past }: GuestAnswers) => {
  const inputOf = (vmid: number, wishes: JudgeInput['wishes']) => {
    const snapshot = latest();
    const guest = Object.hasOwn(snapshot.guests, vmid) ? snapshot.guests[vmid] : undefined;
    if (!guest || !Object.hasOwn(snapshot.nodes, guest.node))
      throw new RefusedError('guest-not-found', `no guest ${vmid} in the cluster`);
    const { trends, profiles } = past();
    return {
      vmid,
      snapshot,
      trends,
      profiles,
      config: settings().penalty_scoring,
      inFlight: active().map(({ vmid, source_node, target_node }) => ({ vmid, source_node, target_node })),
      ...judgementParameters(snapshot, settings(), wishes),
      ...moveSettings(settings()),
    };
  };
  return [
    answer(ListMigrationOptions, async ({ vmid, ...wishes }) => migrationOptions(inputOf(vmid, wishes))),
    answer(ExplainGuest, async ({ vmid }) => {
      const judgement = (await generation()?.whole()) ?? null;
      return explainGuest({ ...inputOf(vmid, judgement ? wishesOf(judgement, latest()) : {}), judgement });
    }),
  ];
};

/** What the last generation was made with, as far as there are such nodes still. */
const wishesOf = ({ parameters }: Generation, { nodes }: ClusterSnapshot): JudgeInput['wishes'] => ({
  ...parameters,
  maintenance_nodes: parameters.maintenance_nodes.filter((name) => Object.hasOwn(nodes, name)),
});
