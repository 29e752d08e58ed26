import type { Refusal } from '@proxbalance/contracts';
import type { JudgeInput } from '../judge.ts';
import type { GenerationHead } from '../judged.ts';
import type { Piece } from './pieces.ts';

/** What grows with the cluster, by name: the thread keeps it, so that it is handed over once. */
export type Held = Pick<JudgeInput, 'snapshot' | 'profiles'>;

/** What else a judgement takes: small, and another one each time. */
export type Question = Omit<JudgeInput, keyof Held | 'now'>;

/** To the thread. `hold`: what is others than the last time; `null` is to be forgotten. */
export type Ask = { hold: { [name in keyof Held]?: Piece[] | null }; question: Question };

/** From the thread: a generation, checked and packed, or why there is none. */
export type Reply = { head: GenerationHead; body: string | Uint8Array } | { refusal: Refusal } | { failure: string };
