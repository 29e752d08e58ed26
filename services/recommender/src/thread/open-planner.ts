import { type ClusterPlan, planOverheadMaxMs, planWaitMaxMs, RefusedError } from '@proxbalance/contracts';
import type { Log } from '@proxbalance/service-kit';
import { Packed } from '@proxbalance/service-kit/packed';
import type { PlanInput } from '../plan/make-plan.ts';
import { openTurns } from '../plan/turns.ts';
import { type AnsweringThread, startThread } from './answering-thread.ts';
import { toPieces } from './pieces.ts';
import type { PlanAsk, PlanReply } from './planning.ts';

/** Plans in threads of their own, one plan at a time: neither answers nor judgements wait for it. */
export type Planner = {
  /**
   * Rejects with a `RefusedError` in any case: what `makePlan` refuses, `internal` when it breaks or its plan is not certified,
   * `too-many-requests` when others are waited for already, `service-unavailable` when the thread ends or takes too long, or the
   * signal aborts.
   */
  plan(input: PlanInput, signal?: AbortSignal): Promise<Packed<typeof ClusterPlan>>;
  close(): Promise<void>;
};

export type PlannerOptions = {
  /** The file the thread runs. */
  entry?: URL;
  /** How long a plan may take beyond its time limit, milliseconds. */
  overheadMs?: number;
  /** How many may wait for their turn, and how long, milliseconds: who asks does not wait for ever. */
  waitingMax?: number;
  waitMaxMs?: number;
  /** Planning for the largest cluster takes about 300. */
  heapMaxMib?: number;
};

const ourEntry = new URL('./planning.ts', import.meta.url);

export function openPlanner(log: Log, options: PlannerOptions = {}): Planner {
  const { entry = ourEntry, overheadMs = planOverheadMaxMs, heapMaxMib = 1024 } = options;
  const { waitingMax = 2, waitMaxMs = planWaitMaxMs } = options;
  const turns = openTurns({ waitingMax, waitMaxMs });
  let isClosed = false;
  let thread: AnsweringThread<PlanAsk, PlanReply> | null = null;
  const start = () =>
    startThread<PlanAsk, PlanReply>({
      entry,
      name: 'planner',
      heapMaxMib,
      cutShort: (why) => new RefusedError('service-unavailable', `The planning was cut short: ${why}`),
      onError: (error) => log.error({ err: error }, 'the planning thread broke'),
    });
  const ask = async ({ snapshot, ...question }: PlanInput, signal?: AbortSignal): Promise<PlanReply> => {
    // What a plan leaves behind goes with its thread: the next one may be long in coming.
    const own = start();
    thread = own;
    const patienceMs = question.request.time_limit_ms + overheadMs;
    const callOff = () => void own.end('nobody waits for it any more');
    signal?.addEventListener('abort', callOff, { once: true });
    const timer = setTimeout(() => void own.end(`it took more than ${patienceMs} ms`), patienceMs);
    try {
      return await own.ask({ snapshot: await toPieces(snapshot), question });
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener('abort', callOff);
      thread = null;
      await own.end('it has answered');
    }
  };
  return {
    async plan(input, signal) {
      const endTurn = await turns.take(signal);
      try {
        if (isClosed) throw new RefusedError('service-unavailable', 'recommender is closing');
        if (signal?.aborted) throw new RefusedError('service-unavailable', 'nobody waits for the plan any more');
        return read(await ask(input, signal), log);
      } finally {
        endTurn();
      }
    },
    async close() {
      isClosed = true;
      await thread?.end('recommender is closing');
    },
  };
}

function read(reply: PlanReply, log: Log): Packed<typeof ClusterPlan> {
  if ('body' in reply) return new Packed<typeof ClusterPlan>(reply.body);
  if ('refusal' in reply) throw new RefusedError(reply.refusal.code, reply.refusal.message, reply.refusal.details);
  if ('uncertified' in reply) {
    log.error({ violations: reply.uncertified }, 'a plan did not pass its verification');
    throw new RefusedError(
      'internal',
      'The plan that was made did not pass its verification and is not told: the log of recommender says why',
    );
  }
  log.error({ stack: reply.failure }, 'planning failed');
  throw new RefusedError('internal', 'The planning failed: the log of recommender says why');
}
