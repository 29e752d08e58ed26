import { randomUUID } from 'node:crypto';
import type { NatsLink } from './connection.ts';
import { nanos, type ObjectStore, StorageType } from './nats.ts';

const keepMs = 24 * 60 * 60 * 1000;
const keepAtLeastMs = 60_000;
const requestMaxMs = 3000;
const readMaxMs = 10_000;

/** The claim check: large payloads lie in an object store, compressed; messages carry their name. */
export type Claims = {
  /** Stores a payload; the name is the claim. `family` groups claims whose old members may go. */
  put(packed: Buffer, family: string): Promise<string>;
  get(claim: string): Promise<Buffer>;
  /** What `read` makes of a claim, made once for all readers in this process while it is the newest of its family. */
  shared(claim: string, family: string, read: (packed: Buffer) => Promise<unknown>): Promise<unknown>;
  /** Forgets a payload that was meant for one reader and has been read. What can't be forgotten now goes with its time. */
  drop(claim: string): void;
};

/** A payload whose claim has expired: its message is too old to matter. */
export class ClaimGoneError extends Error {
  constructor(claim: string) {
    super(`payload ${claim} is no longer kept`);
    this.name = 'ClaimGoneError';
  }
}

/**
 * Keeps the newest `keepPerFamily` claims of each family this process stored, and whatever is younger than a minute; the
 * rest goes at once, or after a day when this process does not live to see to it.
 */
export function openClaims(link: NatsLink, namespace: string, keepPerFamily = 30): Claims {
  const recent = new Map<string, { claim: string; at: number }[]>();
  const withStore = storeKeeper(link, `${namespace}-claims`);
  const drop = (claim: string) => void withStore((store) => store.delete(claim)).catch(() => undefined);
  const forgetOld = (family: string, claim: string) => {
    const all = [...(recent.get(family) ?? []), { claim, at: Date.now() }];
    const isOld = (one: { at: number }, index: number) =>
      index < all.length - keepPerFamily && one.at < Date.now() - keepAtLeastMs;
    const firstKept = all.findIndex((one, index) => !isOld(one, index));
    for (const old of all.splice(0, firstKept)) drop(old.claim);
    recent.set(family, all);
  };
  const newest = new Map<string, { claim: string; made: Promise<unknown> }>();
  const get = async (claim: string) => {
    const packed = await withStore((store) => readBlob(link, store, claim));
    if (!packed) throw new ClaimGoneError(claim);
    return packed;
  };
  return {
    async put(packed, family) {
      const claim = `${family}.${randomUUID()}`;
      await withStore((store) => store.putBlob({ name: claim }, packed));
      forgetOld(family, claim);
      return claim;
    },
    get,
    shared(claim, family, read) {
      const known = newest.get(family);
      if (known?.claim === claim) return known.made;
      const made = get(claim).then(read);
      newest.set(family, { claim, made });
      // A failure is nobody else's: the next reader tries for itself.
      made.catch(() => newest.get(family)?.claim === claim && newest.delete(family));
      return made;
    },
    drop,
  };
}

/** Opens the store on first use, and again after a failure or a reconnect: the server may have lost it. */
function storeKeeper(link: NatsLink, bucket: string) {
  let store: Promise<ObjectStore> | undefined;
  const reopen = () => {
    store = undefined;
  };
  link.onReconnect(reopen);
  return async <T>(work: (store: ObjectStore) => Promise<T>): Promise<T> => {
    try {
      store ??= link.connection
        .jetstream({ timeout: requestMaxMs })
        .views.os(bucket, { storage: StorageType.File, ttl: nanos(keepMs) });
      return await work(await store);
    } catch (error) {
      reopen();
      throw error;
    }
  };
}

/** Reads chunk by chunk, so that a reading which the server forgot can be given up. */
async function readBlob(link: NatsLink, store: ObjectStore, claim: string): Promise<Buffer | null> {
  const found = await store.get(claim);
  if (!found) return null;
  found.error.catch(() => undefined);
  const reader = found.data.getReader();
  let isGivenUp = false;
  const giveUp = () => {
    isGivenUp = true;
    void reader.cancel();
  };
  const timer = setTimeout(giveUp, readMaxMs);
  const forget = link.onReconnect(giveUp);
  try {
    const chunks: Uint8Array[] = [];
    for (let next = await reader.read(); !next.done; next = await reader.read()) chunks.push(next.value);
    if (isGivenUp) throw new Error(`payload ${claim} did not arrive`);
    return Buffer.concat(chunks);
  } finally {
    clearTimeout(timer);
    forget();
  }
}
