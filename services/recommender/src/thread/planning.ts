import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';
import { ClusterPlan, type ClusterSnapshot, type Refusal, RefusedError } from '@proxbalance/contracts';
import { UncertifiedPlanError } from '@proxbalance/engine';
import { packChecked } from '@proxbalance/service-kit/packed';
import { makePlan, type PlanInput } from '../plan/make-plan.ts';
import { fromPieces, type Piece } from './pieces.ts';

/* The planning thread. It makes one plan and is ended; `open-planner.ts` is the other side. */

/** To the thread. */
export type PlanAsk = { snapshot: Piece[]; question: Omit<PlanInput, 'snapshot'> };

/** From the thread: a plan, checked and packed, or why there is none. */
export type PlanReply =
  | { body: string | Uint8Array }
  | { refusal: Refusal }
  | { uncertified: string }
  | { failure: string };

/** Where threads have priorities of their own, whoever answers goes before whoever plans. Elsewhere it would be the whole process's. */
if (process.platform === 'linux') setPriority(10);

parentPort?.on('message', (message: PlanAsk) => {
  void answer(message).then((reply) => parentPort?.postMessage(reply));
});

async function answer({ snapshot, question }: PlanAsk): Promise<PlanReply> {
  try {
    const whole = (await fromPieces(snapshot)) as ClusterSnapshot;
    const clocks = { now: () => new Date(), elapsed: () => performance.now() };
    const { body } = await packChecked('a plan', ClusterPlan, makePlan({ ...question, snapshot: whole }, clocks));
    return { body };
  } catch (error) {
    if (error instanceof RefusedError) return { refusal: error.toRefusal() };
    if (error instanceof UncertifiedPlanError) return { uncertified: error.message };
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
