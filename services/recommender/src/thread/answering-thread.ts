import { Worker } from 'node:worker_threads';

/** A thread that answers one question at a time. */
export type AnsweringThread<Question, Reply> = {
  /** Rejects with what `cutShort` makes of it when the thread ends before it has answered. */
  ask(question: Question): Promise<Reply>;
  /** Ends the thread, whatever it does. */
  end(why: string): Promise<unknown>;
};

type ThreadOptions = {
  /** The file the thread runs */
  entry: URL;
  name: string;
  heapMaxMib: number;
  cutShort: (why: string) => Error;
  onError: (error: unknown) => void;
  onEnd?: () => void;
};

/** New objects take at most so much before they are looked through: more makes the thread larger, not faster. */
const youngMib = 16;

export function startThread<Question, Reply>({
  entry,
  name,
  heapMaxMib,
  cutShort,
  onError,
  onEnd,
}: ThreadOptions): AnsweringThread<Question, Reply> {
  const worker = new Worker(entry, {
    name,
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: heapMaxMib, maxYoungGenerationSizeMb: youngMib },
  });
  let why = 'its thread ended; ask again';
  let hasEnded = false;
  // Of the question being answered. One promise for all of them would keep every answer alive.
  let giveUp = () => {};
  worker.on('error', onError);
  worker.once('exit', () => {
    hasEnded = true;
    onEnd?.();
    giveUp();
  });
  return {
    ask: (question) =>
      new Promise<Reply>((resolve, reject) => {
        giveUp = () => reject(cutShort(why));
        if (hasEnded) return giveUp();
        worker.once('message', resolve);
        worker.postMessage(question);
      }),
    end(reason) {
      why = reason;
      return worker.terminate();
    },
  };
}
