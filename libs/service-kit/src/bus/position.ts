import { type ConsumerConfig, DeliverPolicy, type StreamInfo } from './nats.ts';

/** How far this process has read a stream, so that a lost consumer can be made anew without a gap. */
export type Position = {
  /** Where a consumer has to begin; `first` says it for the first time, as a sequence or as a policy. */
  start(stream: StreamInfo, first: () => Promise<Partial<ConsumerConfig>>): Promise<Partial<ConsumerConfig>>;
  passed(sequence: number): void;
};

export function openPosition(): Position {
  let created: string | undefined;
  let next = 0;
  return {
    async start(stream, first) {
      if (created === undefined) {
        const config = await first();
        next = config.opt_start_seq ?? 0;
        created = stream.created;
        return config;
      }
      // Not the stream we knew (the server's store was wiped): everything in it is newer than what we have seen.
      if (created !== stream.created) next = 1;
      created = stream.created;
      return next > 0 ? startAt(next) : first();
    },
    passed(sequence) {
      next = sequence + 1;
    },
  };
}

export const startAt = (sequence: number): Partial<ConsumerConfig> => ({
  deliver_policy: DeliverPolicy.StartSequence,
  opt_start_seq: sequence,
});
