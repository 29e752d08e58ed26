import { randomUUID } from 'node:crypto';
import { deserialize, serialize } from 'node:v8';
import type { ConfigFacts } from '@proxbalance/proxmox';
import type { RedisLink } from '@proxbalance/service-kit';
import type { Outline } from './changes.ts';
import type { NodeHistory } from './derive/node-history.ts';
import type { Counters, Rates } from './derive/rates.ts';
import type { KeptNodeFacts } from './node-facts.ts';
import type { KeptTiers } from './read-tiers.ts';

/** A configuration as read; `rowKey` is what the resource row looked like then. */
export type KnownConfig = { rowKey: string; facts: ConfigFacts; readAt: string };
export type KnownHistory = { history: NodeHistory; readAt: number };

/** What is read now and then over one connection; `version`: of its shape. */
export type Slow = { version: number; connection: string; tiers: KeptTiers; nodeFacts: KeptNodeFacts };

/** What a tick needs from the ticks before it. Kept in this process, mirrored in Redis for the replica that takes the next one. */
export type Memory = {
  configs: Map<number, KnownConfig>;
  histories: Map<string, KnownHistory>;
  counters: Map<number, Counters>;
  rates: Map<number, Rates>;
  outline: Outline | null;
  firstCollectedAt: string | null;
  lastCollectedAt: string | null;
  /** Why the last collection failed; null: it did not. */
  failure: string | null;
  /** Guests whose configuration changed here since the memory was stored: read anew, or forgotten. */
  unsaved: Set<number>;
  /** The same of the nodes' histories, which are stored together. */
  hasNewHistories: boolean;
  /** As whoever took the tick before left it; null once it was looked at, or there was nothing. */
  inherited: Slow | null;
};

export type MemoryStore = {
  /** The memory as the last tick left it, whichever replica took it. */
  load(): Promise<Memory>;
  /** `slow` is stored when it is not what was stored last. */
  save(slow?: Slow): Promise<void>;
};

export const slowVersion = 1;

/** The small part, written as one. */
type Ticks = Pick<Memory, 'outline' | 'firstCollectedAt' | 'lastCollectedAt' | 'failure'> & {
  counters: [number, Counters][];
  rates: [number, Rates][];
};

type Keys = { configs: string; histories: string; ticks: string; owner: string; slow: string };

export function openMemory(redis: RedisLink, keyPrefix: string): MemoryStore {
  const me = randomUUID();
  const key: Keys = {
    configs: `${keyPrefix}:configs`,
    histories: `${keyPrefix}:histories`,
    ticks: `${keyPrefix}:ticks`,
    owner: `${keyPrefix}:owner`,
    slow: `${keyPrefix}:slow`,
  };
  let memory: Memory | null = null;
  let stored = '';
  return {
    async load() {
      const isMine = memory !== null && (await redis.client.get(key.owner)) === me;
      memory = isMine && memory ? memory : await readAll(redis, key);
      return memory;
    },
    async save(slow) {
      if (!memory) return;
      const { histories, configs, unsaved } = memory;
      const batch = redis.client
        .multi()
        .set(key.owner, me)
        .set(key.ticks, JSON.stringify(toTicks(memory)));
      if (memory.hasNewHistories) batch.set(key.histories, JSON.stringify([...histories]));
      const age = slow ? ageOf(slow) : stored;
      if (slow && age !== stored) batch.set(key.slow, serialize(slow));
      const written = [...unsaved];
      for (const vmid of written) {
        const known = configs.get(vmid);
        if (known) batch.hset(key.configs, String(vmid), JSON.stringify(known));
        else batch.hdel(key.configs, String(vmid));
      }
      await batch.exec();
      for (const vmid of written) unsaved.delete(vmid);
      memory.hasNewHistories = false;
      stored = age;
    },
  };
}

/** Changes with everything that was read anew. */
const ageOf = ({ connection, tiers, nodeFacts }: Slow): string =>
  JSON.stringify([
    connection,
    ...Object.values(tiers).map((part) => part?.readAt),
    ...Object.values(nodeFacts).flatMap((part) => [...part.values()].map(({ readAt }) => readAt)),
  ]);

const toTicks = ({ counters, rates, outline, firstCollectedAt, lastCollectedAt, failure }: Memory): Ticks => ({
  counters: [...counters],
  rates: [...rates],
  outline,
  firstCollectedAt,
  lastCollectedAt,
  failure,
});

async function readAll(redis: RedisLink, key: Keys): Promise<Memory> {
  const [configs, histories, ticks, slow] = await Promise.all([
    redis.client.hgetall(key.configs),
    redis.client.get(key.histories),
    redis.client.get(key.ticks),
    redis.client.getBuffer(key.slow),
  ]);
  const last = parse<Ticks>(ticks);
  return {
    configs: new Map(
      Object.entries(configs).flatMap(([vmid, one]) => {
        const known = parse<KnownConfig>(one);
        return known ? [[Number(vmid), known] as const] : [];
      }),
    ),
    histories: new Map(parse<[string, KnownHistory][]>(histories)),
    counters: new Map(last?.counters),
    rates: new Map(last?.rates),
    outline: last?.outline ?? null,
    firstCollectedAt: last?.firstCollectedAt ?? null,
    lastCollectedAt: last?.lastCollectedAt ?? null,
    failure: last?.failure ?? null,
    unsaved: new Set(),
    hasNewHistories: false,
    inherited: slow && readSlow(slow),
  };
}

function readSlow(bytes: Buffer): Slow | null {
  try {
    const slow = deserialize(bytes) as Partial<Slow> | null;
    return slow?.version === slowVersion ? (slow as Slow) : null;
  } catch {
    return null;
  }
}

/** What can't be read any more is read from Proxmox again. */
function parse<T>(text: string | null): T | null {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}
