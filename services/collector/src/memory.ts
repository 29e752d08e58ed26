import { randomUUID } from 'node:crypto';
import type { ConfigFacts } from '@proxbalance/proxmox';
import type { RedisLink } from '@proxbalance/service-kit';
import type { Outline } from './changes.ts';
import type { NodeHistory } from './derive/node-history.ts';
import type { Counters, Rates } from './derive/rates.ts';

/** A configuration as read; `rowKey` is what the resource row looked like then. */
export type KnownConfig = { rowKey: string; facts: ConfigFacts; readAt: string };
export type KnownHistory = { history: NodeHistory; readAt: number };

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
};

export type MemoryStore = {
  /** The memory as the last tick left it, whichever replica took it. */
  load(): Promise<Memory>;
  save(): Promise<void>;
};

/** The small part, written as one. */
type Ticks = Pick<Memory, 'outline' | 'firstCollectedAt' | 'lastCollectedAt' | 'failure'> & {
  counters: [number, Counters][];
  rates: [number, Rates][];
};

type Keys = { configs: string; histories: string; ticks: string; owner: string };

export function openMemory(redis: RedisLink, keyPrefix: string): MemoryStore {
  const me = randomUUID();
  const key: Keys = {
    configs: `${keyPrefix}:configs`,
    histories: `${keyPrefix}:histories`,
    ticks: `${keyPrefix}:ticks`,
    owner: `${keyPrefix}:owner`,
  };
  let memory: Memory | null = null;
  return {
    async load() {
      const isMine = memory !== null && (await redis.client.get(key.owner)) === me;
      memory = isMine && memory ? memory : await readAll(redis, key);
      return memory;
    },
    async save() {
      if (!memory) return;
      const { histories, configs, unsaved } = memory;
      const batch = redis.client
        .multi()
        .set(key.owner, me)
        .set(key.ticks, JSON.stringify(toTicks(memory)));
      if (memory.hasNewHistories) batch.set(key.histories, JSON.stringify([...histories]));
      const written = [...unsaved];
      for (const vmid of written) {
        const known = configs.get(vmid);
        if (known) batch.hset(key.configs, String(vmid), JSON.stringify(known));
        else batch.hdel(key.configs, String(vmid));
      }
      await batch.exec();
      for (const vmid of written) unsaved.delete(vmid);
      memory.hasNewHistories = false;
    },
  };
}

const toTicks = ({ counters, rates, outline, firstCollectedAt, lastCollectedAt, failure }: Memory): Ticks => ({
  counters: [...counters],
  rates: [...rates],
  outline,
  firstCollectedAt,
  lastCollectedAt,
  failure,
});

async function readAll(redis: RedisLink, key: Keys): Promise<Memory> {
  const [configs, histories, ticks] = await Promise.all([
    redis.client.hgetall(key.configs),
    redis.client.get(key.histories),
    redis.client.get(key.ticks),
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
  };
}

/** What can't be read any more is read from Proxmox again. */
function parse<T>(text: string | null): T | null {
  try {
    return text ? JSON.parse(text) : null;
  } catch {
    return null;
  }
}
