import type { ReadScoreHistory, ScoreHistory } from '@proxbalance/contracts';
import type { z } from 'zod';
import type { HistoryStore } from '../learning/history-store.ts';
import { openScoreBuckets } from '../learning/score-buckets.ts';

type Request = z.output<(typeof ReadScoreHistory)['request']>;
type Deps = { history: HistoryStore; now: () => Date };

export const readScoreHistory =
  ({ history, now }: Deps) =>
  async ({ hours, node, bucket_minutes: minutes, limit }: Request): Promise<ScoreHistory> => {
    const at = now().getTime();
    const buckets = openScoreBuckets({ minutes, node, limit });
    for await (const { records } of history.read(at - hours * 3_600_000, at)) records.forEach(buckets.add);
    return { ...buckets.entries(), hours };
  };
