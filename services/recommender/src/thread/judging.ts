import { parentPort } from 'node:worker_threads';
import { RefusedError } from '@proxbalance/contracts';
import { judge } from '../judge.ts';
import type { Ask, Held, Reply } from './messages.ts';
import { fromPieces, toPieces } from './pieces.ts';

/* The judging thread. One question is asked at a time; `open-judge.ts` is the other side. */

const held: Partial<Held> = {};

parentPort?.on('message', (message: Ask) => {
  void answer(message).then((reply) => parentPort?.postMessage(reply));
});

async function answer({ hold, question }: Ask): Promise<Reply> {
  try {
    for (const [name, pieces] of Object.entries(hold))
      Object.assign(held, { [name]: pieces ? await fromPieces(pieces) : undefined });
    const { snapshot, profiles } = held;
    if (!snapshot) throw new Error('asked to judge without a snapshot');
    const generation = judge({ ...question, snapshot, profiles, now: () => new Date() });
    return { generation: await toPieces(generation) };
  } catch (error) {
    if (error instanceof RefusedError) return { refusal: error.toRefusal() };
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
