import { Worker } from 'node:worker_threads';
import { RefusedError } from '@proxbalance/contracts';
import type { Log } from '@proxbalance/service-kit';
import { inTurn } from '../in-turn.ts';
import type { JudgeInput } from '../judge.ts';
import { type Judged, judgedFrom } from '../judged.ts';
import type { Ask, Held, Reply } from './messages.ts';
import { type Piece, toPieces } from './pieces.ts';

/** Judges in a thread of its own, one question at a time: whatever else there is to do goes on meanwhile. */
export type Judge = {
  /**
   * Rejects with a `RefusedError` in any case: what `judge` refuses, `internal` when it breaks, `service-unavailable` when
   * the thread ends or takes too long. The next question starts another thread.
   */
  judge(input: Omit<JudgeInput, 'now'>): Promise<Judged>;
  close(): Promise<void>;
};

export type JudgeOptions = {
  /** The file the thread runs. */
  entry?: URL;
  /** How long a judgement may take, milliseconds: less than who asks waits. */
  patienceMs?: number;
  /** The largest cluster takes a few hundred; what needs more than this would take all memory there is. */
  heapMaxMib?: number;
};

/** New objects take at most so much before they are looked through: more makes the thread larger, not faster. */
const youngMib = 16;

export function openJudge(log: Log, options: JudgeOptions = {}): Judge {
  const { entry = new URL('./judging.ts', import.meta.url), patienceMs = 25_000, heapMaxMib = 1024 } = options;
  const queue = inTurn();
  let isClosed = false;
  const start = () =>
    startThread(entry, heapMaxMib, log, (ended) => {
      if (thread === ended) thread = null;
    });
  let thread: Thread | null = start();
  return {
    judge: (input) =>
      queue(async () => {
        if (isClosed) throw new RefusedError('service-unavailable', 'recommender is closing');
        thread ??= start();
        return await thread.ask(input, patienceMs);
      }),
    async close() {
      isClosed = true;
      await thread?.end('recommender is closing');
    },
  };
}

type Thread = {
  ask(input: Omit<JudgeInput, 'now'>, patienceMs: number): Promise<Judged>;
  end(why: string): Promise<unknown>;
};

function startThread(entry: URL, heapMaxMib: number, log: Log, onEnd: (thread: Thread) => void): Thread {
  const worker = new Worker(entry, {
    name: 'judge',
    env: {},
    resourceLimits: { maxOldGenerationSizeMb: heapMaxMib, maxYoungGenerationSizeMb: youngMib },
  });
  const held = openHeld();
  let why = 'its thread ended; ask again';
  let hasEnded = false;
  // Of the question being answered. One promise for all of them would keep every answer alive.
  let giveUp = () => {};
  worker.on('error', (error) => log.error({ err: error }, 'the judging thread broke'));
  worker.once('exit', () => {
    hasEnded = true;
    onEnd(thread);
    giveUp();
  });
  const answerTo = (ask: Ask) =>
    new Promise<Reply>((resolve, reject) => {
      giveUp = () => reject(new RefusedError('service-unavailable', `The judgement was cut short: ${why}`));
      if (hasEnded) return giveUp();
      worker.once('message', resolve);
      worker.postMessage(ask);
    });
  const thread: Thread = {
    async ask({ snapshot, profiles, ...question }, patienceMs) {
      const timer = setTimeout(() => void thread.end(`it took more than ${patienceMs} ms`), patienceMs);
      try {
        const hold = await held.changed({ snapshot, profiles });
        return read(await answerTo({ hold, question }), log);
      } finally {
        clearTimeout(timer);
      }
    },
    end(reason) {
      why = reason;
      return worker.terminate();
    },
  };
  return thread;
}

function read(reply: Reply, log: Log): Judged {
  if ('head' in reply) return judgedFrom(reply);
  if ('refusal' in reply) throw new RefusedError(reply.refusal.code, reply.refusal.message, reply.refusal.details);
  log.error({ stack: reply.failure }, 'a judgement failed');
  throw new RefusedError('internal', 'The judgement failed: the log of recommender says why');
}

/** What the thread has, held weakly: what is replaced need not be kept here for it. */
function openHeld() {
  const held = new Map<string, WeakRef<object>>();
  return {
    async changed(wanted: { [name in keyof Held]: Held[name] }): Promise<Ask['hold']> {
      const hold: Record<string, Piece[] | null> = {};
      for (const [name, value] of Object.entries(wanted)) {
        const known = held.get(name);
        if (known ? value !== undefined && known.deref() === value : value === undefined) continue;
        hold[name] = value ? await toPieces(value) : null;
        if (value) held.set(name, new WeakRef(value));
        else held.delete(name);
      }
      return hold;
    },
  };
}
