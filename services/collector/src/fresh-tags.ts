import type { RedisLink } from '@proxbalance/service-kit';

/** Tags that were read from a guest's own configuration; `told`: whoever listens knows them already. */
export type FreshTags = { tags: string[]; readAt: number; told: boolean };

/**
 * Tags that are newer than the list of resources, which lags behind for some seconds: kept for as long, in Redis, since any
 * replica may take the next snapshot.
 */
export type FreshTagsStore = {
  remember(vmid: number, fresh: FreshTags): Promise<void>;
  read(now: number): Promise<Map<number, FreshTags>>;
};

const keepMs = 15_000;

export function openFreshTags({ client }: RedisLink, keyPrefix: string): FreshTagsStore {
  const key = `${keyPrefix}:fresh-tags`;
  return {
    async remember(vmid, fresh) {
      await client.hset(key, String(vmid), JSON.stringify(fresh));
    },
    async read(now) {
      const all = Object.entries(await client.hgetall(key)).map(
        ([vmid, text]) => [Number(vmid), JSON.parse(text) as FreshTags] as const,
      );
      const old = all.filter(([, { readAt }]) => now - readAt > keepMs);
      if (old.length > 0) await client.hdel(key, ...old.map(([vmid]) => String(vmid)));
      return new Map(all.filter(([, { readAt }]) => now - readAt <= keepMs));
    },
  };
}
