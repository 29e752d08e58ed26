import { outcomesMax } from '@proxbalance/contracts';
import type { RedisLink } from '@proxbalance/service-kit';
import { Looks, OutcomeRecord } from './record.ts';
import { Seen } from './seen.ts';

/** Where the outcomes of the newest 500 moves are kept. */
export type OutcomeStore = {
  /** What was seen before a move, kept until it ends. */
  keepBefore(id: string, seen: Seen): Promise<void>;
  before(id: string): Promise<Seen | null>;
  /** Adding one that is known already changes nothing. The oldest make room. */
  add(record: OutcomeRecord, looks: Looks): Promise<void>;
  has(id: string): Promise<boolean>;
  /** null: not known any more, or it can't be read. */
  load(id: string): Promise<{ record: OutcomeRecord; looks: Looks | null } | null>;
  /** false: somebody else has written since it was read. `looks` null: no longer needed. */
  save(record: OutcomeRecord, looks: Looks | null, isDone: boolean): Promise<boolean>;
  /** Ids of those that wait for a look, or for being told. */
  pending(): Promise<string[]>;
  /** Newest first. */
  all(): Promise<OutcomeRecord[]>;
};

/** KEYS outcomes, looks, order, pending, before. ARGV id, record, looks, completed at, how many are kept. */
const addScript = `
if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) == 1 then
  redis.call('HSET', KEYS[2], ARGV[1], ARGV[3])
  redis.call('ZADD', KEYS[3], ARGV[4], ARGV[1])
  redis.call('SADD', KEYS[4], ARGV[1])
  for _, id in ipairs(redis.call('ZRANGE', KEYS[3], 0, -1 - tonumber(ARGV[5]))) do
    redis.call('HDEL', KEYS[1], id)
    redis.call('HDEL', KEYS[2], id)
    redis.call('ZREM', KEYS[3], id)
    redis.call('SREM', KEYS[4], id)
  end
end
redis.call('DEL', KEYS[5])`;

/** KEYS outcomes, looks, pending. ARGV id, version read, record, looks or '', '1' when done. Gives 1 when written. */
const saveScript = `
local text = redis.call('HGET', KEYS[1], ARGV[1])
if not text or cjson.decode(text).version ~= tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[3])
if ARGV[4] == '' then redis.call('HDEL', KEYS[2], ARGV[1]) else redis.call('HSET', KEYS[2], ARGV[1], ARGV[4]) end
if ARGV[5] == '1' then redis.call('SREM', KEYS[3], ARGV[1]) end
return 1`;

/** Longer than any move takes. */
const beforeKeptSeconds = 7 * 24 * 60 * 60;

export function openOutcomeStore({ client }: Pick<RedisLink, 'client'>, keyPrefix: string): OutcomeStore {
  const [outcomes, looks, order, pending] = ['outcomes', 'outcome-looks', 'outcome-order', 'outcomes-pending'].map(
    (name) => `${keyPrefix}:${name}`,
  ) as [string, string, string, string];
  const beforeKey = (id: string) => `${keyPrefix}:before:${id}`;
  return {
    async keepBefore(id, seen) {
      await client.set(beforeKey(id), JSON.stringify(seen), 'EX', beforeKeptSeconds);
    },
    before: async (id) => read(Seen, await client.get(beforeKey(id))),
    async add(record, seen) {
      const { migration_id: id, completed_at } = record.outcome;
      const keys = [outcomes, looks, order, pending, beforeKey(id)];
      const args = [id, JSON.stringify(record), JSON.stringify(seen), Date.parse(completed_at), outcomesMax];
      await client.eval(addScript, keys.length, ...keys, ...args);
    },
    has: async (id) => (await client.hexists(outcomes, id)) === 1,
    async load(id) {
      const [text, seen] = await Promise.all([client.hget(outcomes, id), client.hget(looks, id)]);
      const record = read(OutcomeRecord, text);
      return record && { record, looks: read(Looks, seen) };
    },
    async save(record, seen, isDone) {
      const next = JSON.stringify({ ...record, version: record.version + 1 });
      const args = [
        record.outcome.migration_id,
        record.version,
        next,
        seen ? JSON.stringify(seen) : '',
        isDone ? 1 : 0,
      ];
      return (await client.eval(saveScript, 3, outcomes, looks, pending, ...args)) === 1;
    },
    pending: () => client.smembers(pending),
    async all() {
      const ids = await client.zrevrange(order, 0, outcomesMax - 1);
      const texts = ids.length > 0 ? await client.hmget(outcomes, ...ids) : [];
      return texts.flatMap((text) => read(OutcomeRecord, text) ?? []);
    },
  };
}

/** What another version wrote and this one can't read counts as absent. */
function read<T>(
  shape: { safeParse(value: unknown): { success: true; data: T } | { success: false } },
  text: string | null | undefined,
): T | null {
  if (!text) return null;
  const parsed = shape.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : null;
}
