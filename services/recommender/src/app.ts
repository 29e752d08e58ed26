import { randomUUID } from 'node:crypto';
import {
  type ClusterSnapshot,
  Generate,
  type Generation,
  GuestTagsChanged,
  RecommendationsGenerated,
  RefusedError,
  ScoreNodes,
  SnapshotTaken,
} from '@proxbalance/contracts';
import { scoreNodes } from '@proxbalance/engine';
import { answer, followCluster, followMigrations, type KitEnv, type OpenService } from '@proxbalance/service-kit';
import { type JudgeInput, judge, judgementParameters } from './judge.ts';
import { soon } from './soon.ts';

/** How long changed tags wait for others before all is judged anew, milliseconds. */
const gatherMs = 50;

export const openRecommender: OpenService<KitEnv> = async (scope, kit) => {
  const { bus, log, metrics, settings } = kit;
  const now = () => new Date();
  const migrations = followMigrations(bus);
  const cluster = followCluster(bus);
  const generationSeconds = metrics.histogram('proxbalance_generation_seconds', 'Time to judge one snapshot');
  const latency = metrics.histogram(
    'proxbalance_snapshot_to_recommendation_seconds',
    'Age of a snapshot when its recommendations are out',
  );
  let previous: Generation | null = null;
  bus.observe(RecommendationsGenerated, (event) => {
    previous = event.data;
  });
  const latest = (): ClusterSnapshot => {
    const current = cluster.current();
    if (!current) throw new RefusedError('no-snapshot', 'no snapshot of the cluster yet');
    return current;
  };

  /** Judges, and tells under the given id. The next generation is compared with this one, even before it is heard of. */
  const generate = async (judged: ClusterSnapshot, wishes: JudgeInput['wishes'], id: string): Promise<Generation> => {
    const active = migrations.active();
    const generation = judge({ snapshot: judged, settings: settings.current(), wishes, active, previous, now });
    await bus.publish(RecommendationsGenerated, generation, { id });
    previous = generation;
    return generation;
  };

  await bus.subscribe(
    SnapshotTaken,
    async ({ data }) => {
      // A backlog is not worked off: only the newest snapshot is worth judging.
      const current = cluster.current();
      if (current && current.collected_at > data.collected_at) return;
      const judged = cluster.retagged(data);
      const { count, generation_time_ms: ms } = await generate(judged, {}, `${data.snapshot_id}.generation`);
      generationSeconds.observe(ms / 1000);
      latency.observe((now().getTime() - Date.parse(data.collected_at)) / 1000);
      log.debug({ count, ms }, 'judged a snapshot');
    },
    { from: 'last' },
  );

  const judgeAnew = soon(
    async () => await generate(latest(), {}, randomUUID()),
    gatherMs,
    scope.signal,
    (error) => log.warn({ err: error }, 'changed tags count from the next snapshot on'),
  );
  await bus.subscribe(GuestTagsChanged, async ({ data }) => {
    const current = cluster.current();
    // What a snapshot told is judged with it.
    if (!current || current.collected_at >= data.read_at) return;
    cluster.learnTags(data);
    judgeAnew();
  });

  const handlers = [
    answer(Generate, async (wishes) => generate(latest(), wishes, randomUUID())),
    answer(ScoreNodes, async ({ vmid, ...wishes }) => {
      const known = latest();
      if (vmid !== undefined && !known.guests[vmid])
        throw new RefusedError('guest-not-found', `no guest ${vmid} in the cluster`);
      const { thresholds, maintenanceNodes } = judgementParameters(known, settings.current(), wishes);
      const config = settings.current().penalty_scoring;
      return scoreNodes({
        snapshot: known,
        thresholds,
        config,
        maintenanceNodes,
        ...(vmid === undefined ? {} : { vmid }),
      });
    }),
  ];
  scope.use(await bus.serve(handlers), (stop) => stop());
};
