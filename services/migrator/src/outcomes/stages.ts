import type { MigrationOutcome, OutcomeStatus } from '@proxbalance/contracts';
import type { LookWindow } from '@proxbalance/engine';

/** When the nodes of a past move are looked at, counted from its end, and how long after that a look still counts. */
export type Stages = { first: LookWindow; second: LookWindow; last: LookWindow };

const minute = 60_000;

export const stages: Stages = {
  first: { afterMs: 5 * minute, lateMs: 5 * minute },
  second: { afterMs: 60 * minute, lateMs: 30 * minute },
  last: { afterMs: 24 * 60 * minute, lateMs: 60 * minute },
};

type Stage = LookWindow & {
  snapshot: keyof Pick<MigrationOutcome, 'post_5min' | 'post_1h' | 'post_24h'>;
  next: OutcomeStatus;
};

/** What an outcome waits for; null when there is nothing more to come. */
export function stageOf(status: OutcomeStatus, { first, second, last }: Stages): Stage | null {
  switch (status) {
    case 'pending_5min':
      return { ...first, snapshot: 'post_5min', next: 'pending_1h' };
    case 'pending_1h':
      return { ...second, snapshot: 'post_1h', next: 'pending_24h' };
    case 'pending_24h':
      return { ...last, snapshot: 'post_24h', next: 'completed' };
    default:
      return null;
  }
}
