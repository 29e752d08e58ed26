import type { RedisLink } from '@proxbalance/service-kit';
import type { SeriesKind } from './fields.ts';
import { quarterDayTier, type Tier } from './tiers.ts';

/** A guest that was found on another node. */
export type Move = { at: number; vmid: number; from: string; to: string };

/** What is known about the series as a whole: which there are, which number stands for which node, what is rolled up. */
export type Catalogue = {
  /** Numbers that stand for these nodes in samples; a name keeps its own as long as Redis keeps anything. */
  numbersOf(names: readonly string[]): Promise<Map<string, number>>;
  nodeNames(): Promise<Map<number, string>>;
  /** These series have a sample of this time. */
  touch(kind: SeriesKind, ids: readonly string[], at: number): Promise<void>;
  /** The same of a series that was filled in: what is known of newer samples stands. */
  introduce(kind: SeriesKind, id: string, at: number): Promise<void>;
  /** Series with a sample since then. */
  ids(kind: SeriesKind, since: number): Promise<string[]>;
  addMoves(moves: readonly Move[]): Promise<void>;
  moves(since: number): Promise<Move[]>;
  /** Begin of the newest bucket that is rolled up; null: none yet. */
  rolledUp(kind: SeriesKind, tier: Tier): Promise<number | null>;
  markRolledUp(kind: SeriesKind, tier: Tier, at: number): Promise<void>;
  /** Those of these series whose past was not filled in yet. */
  unfilled(kind: SeriesKind, ids: readonly string[]): Promise<string[]>;
  /** Whoever is told so tries to fill it in; for the next ten minutes nobody else is. */
  claimFilling(kind: SeriesKind, id: string): Promise<boolean>;
  markFilled(kind: SeriesKind, id: string): Promise<void>;
};

const slice = 500;
const claimSeconds = 600;

export function openCatalogue({ client }: Pick<RedisLink, 'client'>, keyPrefix: string): Catalogue {
  const key = (name: string) => `${keyPrefix}:series:${name}`;
  const numbersKey = key('node-numbers');

  /** 0 stands for a node that is not known: counting begins at 1. */
  async function numberOf(name: string): Promise<number> {
    const number = await client.incr(key('last-node-number'));
    // Somebody else may have been faster: then its number stands, and this one stays unused.
    await client.hsetnx(numbersKey, name, String(number));
    return Number(await client.hget(numbersKey, name));
  }

  return {
    // Nothing is remembered here: a Redis that lost its data would hand out the same numbers to other nodes.
    async numbersOf(names) {
      if (names.length === 0) return new Map();
      const known = await client.hmget(numbersKey, ...names);
      const numbers = new Map<string, number>();
      for (const [index, name] of names.entries())
        numbers.set(name, known[index] ? Number(known[index]) : await numberOf(name));
      return numbers;
    },
    async nodeNames() {
      const all = Object.entries(await client.hgetall(numbersKey));
      return new Map(all.map(([name, number]) => [Number(number), name]));
    },
    async touch(kind, ids, at) {
      for (let from = 0; from < ids.length; from += slice)
        await client.zadd(key(`${kind}-ids`), ...ids.slice(from, from + slice).flatMap((id) => [String(at), id]));
      await client.zremrangebyscore(key(`${kind}-ids`), '-inf', at - quarterDayTier.keepSeconds);
    },
    async introduce(kind, id, at) {
      await client.zadd(key(`${kind}-ids`), 'NX', String(at), id);
    },
    ids: (kind, since) => client.zrangebyscore(key(`${kind}-ids`), since, '+inf'),
    async addMoves(moves) {
      if (moves.length === 0) return;
      const newest = Math.max(...moves.map(({ at }) => at));
      const members = moves.flatMap((move) => [String(move.at), JSON.stringify(move)]);
      await client.zadd(key('moves'), ...members);
      await client.zremrangebyscore(key('moves'), '-inf', newest - quarterDayTier.keepSeconds);
    },
    async moves(since) {
      const members = await client.zrangebyscore(key('moves'), since, '+inf');
      return members.map((text) => JSON.parse(text) as Move);
    },
    async rolledUp(kind, tier) {
      const at = await client.hget(key('rolled-up'), `${kind}:${tier.name}`);
      return at === null ? null : Number(at);
    },
    async markRolledUp(kind, tier, at) {
      await client.hset(key('rolled-up'), `${kind}:${tier.name}`, String(at));
    },
    async unfilled(kind, ids) {
      if (ids.length === 0) return [];
      const filled = await client.hmget(key(`${kind}s-filled`), ...ids);
      return ids.filter((_, index) => !filled[index]);
    },
    async claimFilling(kind, id) {
      return (await client.set(key(`filling:${kind}:${id}`), '1', 'EX', claimSeconds, 'NX')) === 'OK';
    },
    async markFilled(kind, id) {
      await client.hset(key(`${kind}s-filled`), id, '1');
    },
  };
}
