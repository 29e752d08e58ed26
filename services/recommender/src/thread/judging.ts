import { setPriority } from 'node:os';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { parentPort } from 'node:worker_threads';
import { Generation, RefusedError } from '@proxbalance/contracts';
import { packChecked } from '@proxbalance/service-kit/packed';
import { judge } from '../judge.ts';
import { headOf } from '../judged.ts';
import type { Ask, Held, Reply } from './messages.ts';
import { fromPieces } from './pieces.ts';

/* The judging thread. One question is asked at a time; `open-judge.ts` is the other side. */

/** Where threads have priorities of their own, whoever answers goes before whoever judges. Elsewhere it would be the whole process's. */
if (process.platform === 'linux') setPriority(10);

const held: Partial<Held> = {};
setFlagsFromString('--expose-gc');
const clean: () => void = runInNewContext('gc');

parentPort?.on('message', (message: Ask) => {
  void answer(message).then((reply) => {
    parentPort?.postMessage(reply);
    // A judgement leaves tens of megabytes behind, and the next one may be long in coming.
    clean();
  });
});

async function answer({ hold, question }: Ask): Promise<Reply> {
  try {
    // What is replaced goes first: there is never room for both.
    for (const name of Object.keys(hold)) delete held[name as keyof Held];
    for (const [name, pieces] of Object.entries(hold))
      Object.assign(held, { [name]: pieces ? await fromPieces(pieces) : undefined });
    const { snapshot, profiles } = held;
    if (!snapshot) throw new Error('asked to judge without a snapshot');
    const generation = judge({ ...question, snapshot, profiles, now: () => new Date() });
    const { body } = await packChecked('a generation', Generation, generation);
    return { head: headOf(generation), body };
  } catch (error) {
    if (error instanceof RefusedError) return { refusal: error.toRefusal() };
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
