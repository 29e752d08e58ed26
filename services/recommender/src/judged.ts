import { Generation } from '@proxbalance/contracts';
import type { PastGeneration } from '@proxbalance/engine';
import { Packed } from '@proxbalance/service-kit/packed';

/** A generation: what is looked at here, and the whole of it when somebody asks. */
export type Judged = {
  head: GenerationHead;
  /** As it is told and answered */
  packed: Packed<typeof Generation>;
  whole(): Promise<Generation>;
};

const ofHead = [
  'count',
  'summary',
  'forecasts',
  'snapshot_id',
  'snapshot_collected_at',
  'judged_with',
  'generation_time_ms',
  'generated_at',
  'parameters',
] as const;

/** What does not grow with the guests that stay. */
export type GenerationHead = Pick<Generation, (typeof ofHead)[number]> & { moves: PastGeneration['recommendations'] };

export function headOf(generation: Generation): GenerationHead {
  const moves = generation.recommendations.map(({ vmid, name, source_node, target_node }) => ({
    vmid,
    name,
    source_node,
    target_node,
  }));
  const head = Object.fromEntries(ofHead.map((name) => [name, generation[name]])) as Omit<GenerationHead, 'moves'>;
  return { ...head, moves };
}

/** From what the judging thread handed over. Most generations are never looked at here as a whole: it is read when that is asked for. */
export function judgedFrom({ head, body }: { head: GenerationHead; body: string | Uint8Array }): Judged {
  const packed = new Packed<typeof Generation>(body);
  let whole: Promise<Generation> | undefined;
  return {
    head,
    packed,
    whole() {
      whole ??= packed.read(Generation);
      return whole;
    },
  };
}
