import { randomUUID } from 'node:crypto';
import {
  type ClusterSnapshot,
  Generate,
  GuestTagsChanged,
  OutcomeCaptured,
  RefusedError,
  ScoreNodes,
  SettingsChanged,
  Simulate,
  SnapshotTaken,
  SuggestThresholds,
} from '@proxbalance/contracts';
import { suggestThresholds } from '@proxbalance/engine';
import { answer, followCluster, followMigrations, type KitEnv, type OpenService } from '@proxbalance/service-kit';
import { answerAboutGuests } from './answer-about-guests.ts';
import { openFingerprints } from './fingerprint.ts';
import { openGenerations } from './generations.ts';
import { openLearning } from './learning/learning.ts';
import { openNodeScores } from './node-scores.ts';
import { onSettingsChanged } from './on-settings-changed.ts';
import { openPast } from './past.ts';
import { answerPlan } from './plan/answer-plan.ts';
import { simulate } from './simulate.ts';
import { soon } from './soon.ts';
import { openJudge } from './thread/open-judge.ts';
import { openPlanner } from './thread/open-planner.ts';

/** How long changed tags and settings wait for others before all is judged anew, milliseconds. */
const gatherMs = 50;

export const openRecommender: OpenService<KitEnv> = async (scope, kit) => {
  const { bus, log, metrics } = kit;
  const now = () => new Date();
  const settings = kit.settings.current;
  const cluster = followCluster(bus);
  const generationSeconds = metrics.histogram('proxbalance_generation_seconds', 'Time to judge one snapshot');
  const latency = metrics.histogram(
    'proxbalance_snapshot_to_recommendation_seconds',
    'Age of a snapshot when its recommendations are out',
  );
  const judge = scope.use(openJudge(log), (it) => it.close());
  const planner = scope.use(openPlanner(log), (it) => it.close());
  const past = openPast(bus, now, settings);
  const learning = openLearning(kit, now);
  const { active } = followMigrations(bus);
  const fingerprints = openFingerprints(() => settings().penalty_scoring);
  const generations = openGenerations({ bus, judge, past, learning, fingerprints, settings, active, now });
  const scores = openNodeScores(settings, past.last);
  const simulated = simulate({ generations, past, settings });
  const latest = (): ClusterSnapshot => {
    const current = cluster.current();
    if (!current) throw new RefusedError('no-snapshot', 'no snapshot of the cluster yet');
    return current;
  };
  // Another replica may judge it: here it is scored, and remembered for what it is compared with.
  cluster.onChange((current) => {
    fingerprints.of(current);
    scores.of(current, {});
  });

  await bus.subscribe(
    SnapshotTaken,
    async ({ data }) => {
      const current = cluster.current();
      // A backlog is not worked off: only the newest snapshot is worth judging.
      if (current && current.collected_at > data.collected_at) return;
      const judged = current?.snapshot_id === data.snapshot_id ? current : cluster.retagged(data);
      const why = generations.due(judged);
      if (!why) return;
      const { head } = await generations.of(judged, {}, `${data.snapshot_id}.generation`);
      const { count, generation_time_ms: ms } = head;
      generationSeconds.observe(ms / 1000);
      latency.observe((now().getTime() - Date.parse(data.collected_at)) / 1000);
      log.debug({ why, count, ms }, 'judged a snapshot');
    },
    { from: 'last' },
  );

  const judgeAnew = soon(
    async () => await generations.of(latest(), {}, randomUUID()),
    gatherMs,
    scope.signal,
    (error) => log.warn({ err: error }, 'what was changed counts from the next snapshot on'),
  );
  await bus.subscribe(GuestTagsChanged, async ({ data }) => {
    const current = cluster.current();
    // What a snapshot told is judged with it.
    if (!current || current.collected_at >= data.read_at) return;
    cluster.learnTags(data);
    judgeAnew();
  });

  await bus.subscribe(OutcomeCaptured, ({ data }) => learning.addOutcome(data), { triesMax: 500 });

  await bus.subscribe(
    SettingsChanged,
    onSettingsChanged({ revision: kit.settings.revision, current: cluster.current, generations, judgeAnew }),
  );

  const handlers = [
    ...learning.handlers,
    answer(Generate, async (wishes) => (await generations.of(latest(), wishes, randomUUID())).packed),
    answer(ScoreNodes, async ({ vmid, ...wishes }) => scores.of(latest(), wishes, vmid)),
    answer(Simulate, async (wishes) => simulated(latest(), wishes)),
    answerPlan({ latest, settings, active, planner }),
    answer(SuggestThresholds, async () => suggestThresholds(Object.values(latest().nodes))),
  ];
  const aboutGuests = answerAboutGuests({ latest, settings, active, generation: generations.last, past: past.last });
  scope.use(await bus.serve([...handlers, ...aboutGuests]), (stop) => stop());
};
