import type { RedisLink } from '@proxbalance/service-kit';

/** Tags that were read from a guest's own configuration; `told`: whoever listens knows them already. */
export type FreshTags = { tags: string[]; readAt: number; told: boolean };

/** Tags that were read beside the snapshots: kept in Redis, since any replica may take the next one. */
export type FreshTagsStore = {
  remember(vmid: number, fresh: FreshTags): Promise<void>;
  /** The newest of each guest, in whatever order they were remembered. */
  read(now: number): Promise<Map<number, FreshTags>>;
};

/** Two snapshots are not further apart. */
const keepMs = 10 * 60_000;
/** Proxmox may show a list of resources that is two seconds old. Any more, and these would hide what somebody else changes. */
const rowsLagMs = 5000;

export function openFreshTags({ client }: Pick<RedisLink, 'client'>, keyPrefix: string): FreshTagsStore {
  const key = `${keyPrefix}:fresh-tags`;
  return {
    async remember(vmid, fresh) {
      // A field of its own for each: two edits at once may be remembered in the wrong order.
      await client.hset(key, `${vmid}.${fresh.readAt}`, JSON.stringify(fresh));
    },
    async read(now) {
      const old: string[] = [];
      const newest = new Map<number, FreshTags>();
      for (const [field, text] of Object.entries(await client.hgetall(key))) {
        const vmid = Number(field.split('.')[0]);
        const fresh = JSON.parse(text) as FreshTags;
        if (now - fresh.readAt > keepMs) old.push(field);
        else if (fresh.readAt >= (newest.get(vmid)?.readAt ?? 0)) newest.set(vmid, fresh);
      }
      if (old.length > 0) await client.hdel(key, ...old);
      return newest;
    },
  };
}

/** Those that resource rows asked for at `askedAt` may not show yet. */
export const newerThanRows = (fresh: ReadonlyMap<number, FreshTags>, askedAt: number): Map<number, FreshTags> =>
  new Map([...fresh].filter(([, { readAt }]) => readAt > askedAt - rowsLagMs));

/** Those that were told after a snapshot of `since`; null: there was none. */
export const toldSince = (fresh: ReadonlyMap<number, FreshTags>, since: string | null): Map<number, FreshTags> =>
  new Map([...fresh].filter(([, { told, readAt }]) => told && readAt > Date.parse(since ?? '1970-01-01')));
