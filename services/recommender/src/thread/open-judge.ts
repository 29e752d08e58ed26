import { RefusedError } from '@proxbalance/contracts';
import type { Log } from '@proxbalance/service-kit';
import { inTurn } from '../in-turn.ts';
import type { JudgeInput } from '../judge.ts';
import { type Judged, judgedFrom } from '../judged.ts';
import { startThread } from './answering-thread.ts';
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

export function openJudge(log: Log, options: JudgeOptions = {}): Judge {
  const { entry = new URL('./judging.ts', import.meta.url), patienceMs = 25_000, heapMaxMib = 1024 } = options;
  const queue = inTurn();
  let isClosed = false;
  const start = () =>
    startJudging(entry, heapMaxMib, log, (ended) => {
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

function startJudging(entry: URL, heapMaxMib: number, log: Log, onEnd: (thread: Thread) => void): Thread {
  const held = openHeld();
  const answering = startThread<Ask, Reply>({
    entry,
    name: 'judge',
    heapMaxMib,
    cutShort: (why) => new RefusedError('service-unavailable', `The judgement was cut short: ${why}`),
    onError: (error) => log.error({ err: error }, 'the judging thread broke'),
    onEnd: () => onEnd(thread),
  });
  const thread: Thread = {
    async ask({ snapshot, profiles, ...question }, patienceMs) {
      const timer = setTimeout(() => void thread.end(`it took more than ${patienceMs} ms`), patienceMs);
      try {
        const hold = await held.changed({ snapshot, profiles });
        return read(await answering.ask({ hold, question }), log);
      } finally {
        clearTimeout(timer);
      }
    },
    end: answering.end,
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
