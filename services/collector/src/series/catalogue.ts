import type { RedisLink } from '@proxbalance/service-kit';
import type { SeriesKind } from './fields.ts';
import { quarterDayTier, type Tier } from './tiers.ts';

/** A guest that was found on another node. */
export type Move = { at: number; vmid: number; from: string; to: string };

/** What is known about the series as a whole: which there are, which number stands for which node, what is rolled up. */
export type Catalogue = {
  /** Numbers that stand for these nodes in samples; a name gets one for good. */
  numbersOf(names: readonly string[]): Promise<Map<string, number>>;
  nodeNames(): Promise<Map<number, string>>;
  /** These series have a sample of this time. */
  touch(kind: SeriesKind, ids: readonly string[], at: number): Promise<void>;
  /** Series with a sample since then. */
  ids(kind: SeriesKind, since: number): Promise<string[]>;
  addMoves(moves: readonly Move[]): Promise<void>;
  moves(since: number): Promise<Move[]>;
  /** Begin of the newest bucket that is rolled up; null: none yet. */
  rolledUp(kind: SeriesKind, tier: Tier): Promise<number | null>;
  markRolledUp(kind: SeriesKind, tier: Tier, at: number): Promise<void>;
  /** Whether the history of a node is still to be filled in; whoever is told so does it, nobody else is. */
  claimBackfill(node: string): Promise<boolean>;
  releaseBackfill(node: string): Promise<void>;
};

const slice = 1000;
/** 0 stands for a node that is not known. */
const firstNumber = 1;

export function openCatalogue({ client }: Pick<RedisLink, 'client'>, keyPrefix: string): Catalogue {
  const key = (name: string) => `${keyPrefix}:series:${name}`;
  const numbersKey = key('node-numbers');
  const known = new Map<string, number>();

  async function numberOf(name: string): Promise<number> {
    const number = (await client.incr(key('last-node-number'))) - 1 + firstNumber;
    // Somebody else may have been faster: then its number stands, and this one stays unused.
    await client.hsetnx(numbersKey, name, String(number));
    return Number(await client.hget(numbersKey, name));
  }

  return {
    async numbersOf(names) {
      if (names.some((name) => !known.has(name)))
        for (const [name, number] of Object.entries(await client.hgetall(numbersKey))) known.set(name, Number(number));
      for (const name of names) if (!known.has(name)) known.set(name, await numberOf(name));
      return known;
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
    claimBackfill: async (node) => (await client.hsetnx(key('backfilled'), node, '1')) === 1,
    async releaseBackfill(node) {
      await client.hdel(key('backfilled'), node);
    },
  };
}
