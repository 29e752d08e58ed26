import { randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { NatsLink } from './connection.ts';
import { nanos, type ObjectStore, StorageType } from './nats.ts';

const pack = promisify(gzip);
const unpack = promisify(gunzip);

/** Payloads from here on travel by reference; far below any server's `max_payload`, so streams stay small. */
export const inlineMaxBytes = 64 * 1024;
const keepMs = 24 * 60 * 60 * 1000;
const gzipMagic = 0x1f8b;

/** The claim check: large payloads lie in an object store, messages carry their name. */
export type Claims = {
  /** Stores a payload; the name is the claim. `family` groups claims whose old members may go. */
  put(payload: Buffer, family: string): Promise<string>;
  get(claim: string): Promise<Buffer>;
};

/** A payload whose claim has expired: its message is too old to matter. */
export class ClaimGoneError extends Error {
  constructor(claim: string) {
    super(`payload ${claim} is no longer kept`);
    this.name = 'ClaimGoneError';
  }
}

/** Keeps the newest `keepPerFamily` claims of each family this process stored; the rest go after a day. */
export function openClaims(link: NatsLink, namespace: string, keepPerFamily = 30): Claims {
  const recent = new Map<string, string[]>();
  let store: Promise<ObjectStore> | undefined;
  const open = () => {
    store ??= link.connection
      .jetstream()
      .views.os(`${namespace}-claims`, { storage: StorageType.File, ttl: nanos(keepMs) })
      .catch((error: unknown) => {
        store = undefined;
        throw error;
      });
    return store;
  };
  link.onReconnect(() => {
    store = undefined;
  });
  const forgetOld = async (bucket: ObjectStore, family: string, claim: string) => {
    const names = [...(recent.get(family) ?? []), claim];
    const old = names.splice(0, Math.max(0, names.length - keepPerFamily));
    recent.set(family, names);
    // What stays behind after a failed delete goes with the bucket's time to live.
    await Promise.all(old.map((name) => bucket.delete(name).catch(() => undefined)));
  };
  return {
    async put(payload, family) {
      const bucket = await open();
      const claim = `${family}.${randomUUID()}`;
      await bucket.putBlob({ name: claim }, await pack(payload, { level: 1 }));
      await forgetOld(bucket, family, claim);
      return claim;
    },
    async get(claim) {
      const blob = await (await open()).getBlob(claim);
      if (!blob) throw new ClaimGoneError(claim);
      const bytes = Buffer.from(blob);
      return bytes.length > 1 && bytes.readUInt16BE(0) === gzipMagic ? unpack(bytes) : bytes;
    },
  };
}
