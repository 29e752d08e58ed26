import {
  type ClusterSnapshot,
  GiveFeedback,
  type MigrationOutcome,
  ReadFeedback,
  ReadScoreHistory,
  ReadWorkloadPatterns,
} from '@proxbalance/contracts';
import { type FeedbackCount, type OutcomeStatistics, outcomeStatistics, type ScoreRow } from '@proxbalance/engine';
import { answer, type Kit } from '@proxbalance/service-kit';
import type { GenerationHead } from '../judged.ts';
import { inTime } from '../requests/in-time.ts';
import { readScoreHistory } from '../requests/score-history.ts';
import { readWorkloadPatterns } from '../requests/workload-patterns.ts';
import { countFeedback, summarizeFeedback } from './count-feedback.ts';
import { openFeedbackStore } from './feedback-store.ts';
import { openHistoryStore } from './history-store.ts';
import { openLoadWindow } from './load-window.ts';
import { openOutcomeStore } from './outcome-store.ts';
import { scoreRecord } from './score-record.ts';
import { openForecastTeller } from './tell-forecasts.ts';

/** What earlier generations and people left for the next judgement. */
export type Learned = {
  /** Load of the nodes over the last week, oldest first */
  history: readonly ScoreRow[];
  feedback: readonly FeedbackCount[];
  /** How past moves turned out; absent as long as nobody has read it */
  outcomes?: OutcomeStatistics | undefined;
};

export type Learning = {
  /** Reads what there is by now. Redis being slow or away costs half a second at most: then it stays what was known. */
  recall(): Promise<void>;
  /** What was read last. */
  learned(): Learned;
  /** Keeps what a generation leaves behind, and tells its forecasts when `tells` is set. Never throws. */
  keep(snapshot: ClusterSnapshot, generation: GenerationHead, how: { id: string; tells: boolean }): Promise<void>;
  /** Keeps what a past move brought. */
  addOutcome(outcome: MigrationOutcome): Promise<void>;
  /** What the recommender is asked about it. */
  handlers: ReturnType<typeof answer>[];
};

const recallMaxMs = 500;
/** The first time there is a week to be read. */
const firstRecallMaxMs = 5000;
const keepMaxMs = 1000;

export function openLearning(kit: Kit, now: () => Date): Learning {
  const { redis, keyPrefix, settings, log } = kit;
  const history = openHistoryStore(redis, keyPrefix);
  const votes = openFeedbackStore(redis, keyPrefix);
  const moved = openOutcomeStore(redis, keyPrefix);
  const window = openLoadWindow(history);
  const tell = openForecastTeller(kit);
  let feedback: FeedbackCount[] = [];
  let outcomes: OutcomeStatistics | undefined;
  let patienceMs = firstRecallMaxMs;

  const scores = readScoreHistory({ history, now });
  const patterns = readWorkloadPatterns({ history, now, timeZone: () => settings.current().time_zone });

  const within = (work: Promise<unknown>, maxMs: number, what: string) =>
    inTime(work, maxMs).catch((error: unknown) => log.warn({ err: error }, what));
  const refresh = async () => {
    feedback = countFeedback(await votes.all());
    outcomes = outcomeStatistics(await moved.all());
    await window.follow(now().getTime());
  };
  return {
    async recall() {
      const maxMs = patienceMs;
      patienceMs = recallMaxMs;
      await within(refresh(), maxMs, 'judging with what was learned so far');
    },
    learned: () => ({ history: window.rows(), feedback, outcomes }),
    addOutcome: (outcome) => moved.add(outcome),
    async keep(snapshot, generation, { id, tells }) {
      const record = scoreRecord(snapshot, generation, settings.current().penalty_scoring);
      await Promise.all([
        within(history.append(record), keepMaxMs, 'a generation is missing in the score history'),
        tells && within(tell(generation, id), keepMaxMs, 'forecasts are told with the next generation'),
      ]);
    },
    handlers: [
      answer(ReadScoreHistory, (asked) => inTime(scores(asked))),
      answer(ReadWorkloadPatterns, (asked) => inTime(patterns(asked))),
      answer(GiveFeedback, async (feedback) => {
        await inTime(votes.add(feedback, now()));
        return { message: 'thank you: it counts from the next generation on' };
      }),
      answer(ReadFeedback, async () => summarizeFeedback(await inTime(votes.all()))),
    ],
  };
}
