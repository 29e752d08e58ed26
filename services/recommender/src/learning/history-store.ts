import type { RedisLink } from '@proxbalance/service-kit';
import { decodeRecord, encodeRecord, type ScoreRecord } from './score-record.ts';

/**
 * The score history in two streams of Redis: every generation of the last day, and one in five minutes of the last 30.
 * What is asked of the day comes from the first, what is older from the second; no record is in both answers.
 */
export type HistoryStore = {
  append(record: ScoreRecord): Promise<void>;
  /** Records from a time on, unix milliseconds, oldest first, a few dozen at a time. */
  read(from: number, now: number): AsyncGenerator<Page>;
  /** What was appended behind a position. */
  after(position: Position): AsyncGenerator<Page>;
};

export type Page = { records: ScoreRecord[]; position: Position };
/** A place in the stream of every generation, as Redis writes the beginning of a range. */
export type Position = string;

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const keptDays = 30;
const slotMs = 5 * minuteMs;
/** At 64 nodes a page takes a millisecond or two to take apart. */
const pageSize = 60;

export function openHistoryStore({ client }: Pick<RedisLink, 'client'>, keyPrefix: string): HistoryStore {
  const every = `${keyPrefix}:scores`;
  const sampled = `${keyPrefix}:scores:sampled`;

  async function* pages(stream: string, first: Position, end: string): AsyncGenerator<Page> {
    for (let position = first; ; ) {
      const entries = await client.xrange(stream, position, end, 'COUNT', pageSize);
      const last = entries.at(-1)?.[0];
      if (last === undefined) return;
      position = `(${last}`;
      yield { records: entries.map(([, fields]) => decodeRecord(fields[1] ?? '')), position };
      if (entries.length < pageSize) return;
    }
  }

  return {
    async append(record) {
      const text = encodeRecord(record);
      const oldest = record.at - dayMs - slotMs;
      // Another replica may have been quicker with a later one: it then goes behind that one.
      await client
        .xadd(every, 'MINID', '~', oldest, `${record.at}-*`, 'r', text)
        .catch(unlessTooOld(() => client.xadd(every, '*', 'r', text)));
      // The id is the slot's own: of all records of a slot, Redis takes the first alone.
      await client
        .xadd(sampled, 'MINID', '~', record.at - keptDays * dayMs, `${slotOf(record.at)}-1`, 'r', text)
        .catch(unlessTooOld(() => null));
    },
    async *read(from, now) {
      const cut = slotOf(now - dayMs) + slotMs;
      const begin = String(Math.max(from, cut));
      if (from < cut)
        for await (const { records } of pages(sampled, String(slotOf(from)), `(${cut}-0`))
          yield { records: records.filter(({ at }) => at >= from), position: begin };
      yield* pages(every, begin, '+');
    },
    after: (position) => pages(every, position, '+'),
  };
}

const slotOf = (at: number): number => Math.floor(at / slotMs) * slotMs;

/** Redis takes ids in order alone. */
const unlessTooOld =
  <T>(instead: () => T) =>
  (error: Error): T => {
    if (/equal or smaller/.test(error.message)) return instead();
    throw error;
  };
