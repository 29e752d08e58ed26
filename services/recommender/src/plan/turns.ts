import { RefusedError } from '@proxbalance/contracts';

/** Who may work, one at a time, in the order of asking. */
export type Turns = {
  /** Resolves when it is one's turn, with what ends it. Refused when too many wait, it takes too long, or the signal aborts. */
  take(signal?: AbortSignal): Promise<() => void>;
};

export function openTurns({ waitingMax, waitMaxMs }: { waitingMax: number; waitMaxMs: number }): Turns {
  const waiting: (() => void)[] = [];
  let isTaken = false;
  const give = (): (() => void) => {
    isTaken = true;
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      isTaken = false;
      waiting.shift()?.();
    };
  };
  return {
    take(signal) {
      if (!isTaken) return Promise.resolve(give());
      if (waiting.length >= waitingMax)
        return Promise.reject(busy(`a plan is being made and ${waiting.length} more are waited for`));
      return new Promise((resolve, reject) => {
        const leave = (why: string) => {
          waiting.splice(waiting.indexOf(begin), 1);
          end();
          reject(busy(why));
        };
        const timer = setTimeout(leave, waitMaxMs, 'the plans before this one take too long');
        const onAbort = () => leave('nobody waits for it any more');
        signal?.addEventListener('abort', onAbort, { once: true });
        const end = () => {
          clearTimeout(timer);
          signal?.removeEventListener('abort', onAbort);
        };
        const begin = () => {
          end();
          resolve(give());
        };
        waiting.push(begin);
      });
    },
  };
}

const busy = (why: string) => new RefusedError('too-many-requests', `${why}: ask again in a moment`);
