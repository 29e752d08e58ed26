import { randomUUID } from 'node:crypto';
import type { ConfigFacts } from '@proxbalance/proxmox';
import type { RedisLink } from '@proxbalance/service-kit';
import type { Outline } from './changes.ts';
import type { NodeHistory } from './derive/node-history.ts';
import type { Counters, Rates } from './derive/rates.ts';

/** A configuration as read; `rowKey` is what the resource row looked like then. */
export type KnownConfig = { rowKey: string; facts: ConfigFacts; readAt: string };
export type KnownHistory = { history: NodeHistory; dayReadAt: number; weekReadAt: number };

/** What a tick needs from the ticks before it. Kept in this process, mirrored in Redis for the replica that takes the next one. */
export type Memory = {
  configs: Map<number, KnownConfig>;
  histories: Map<string, KnownHistory>;
  counters: Map<number, Counters>;
  rates: Map<number, Rates>;
  outline: Outline | null;
  firstCollectedAt: string | null;
};

export type MemoryStore = {
  /** The memory as the last tick left it, whichever replica took it. */
  load(): Promise<Memory>;
  /** Stores what the tick changed. */
  save(changed: { configs: number[]; removed: number[]; histories: boolean }): Promise<void>;
};

const emptyMemory = (): Memory => ({
  configs: new Map(),
  histories: new Map(),
  counters: new Map(),
  rates: new Map(),
  outline: null,
  firstCollectedAt: null,
});

type Ticks = {
  owner: string;
  counters: [number, Counters][];
  rates: [number, Rates][];
  outline: Outline | null;
  firstCollectedAt: string | null;
};

export function openMemory(redis: RedisLink, keyPrefix: string): MemoryStore {
  const me = randomUUID();
  const key = {
    configs: `${keyPrefix}:configs`,
    histories: `${keyPrefix}:histories`,
    ticks: `${keyPrefix}:ticks`,
    owner: `${keyPrefix}:owner`,
  };
  let memory = emptyMemory();
  return {
    async load() {
      if ((await redis.client.get(key.owner)) !== me) memory = await readAll(redis, key);
      return memory;
    },
    async save({ configs, removed, histories }) {
      const { counters, rates, outline, firstCollectedAt } = memory;
      const ticks = { counters: [...counters], rates: [...rates], outline, firstCollectedAt };
      const batch = redis.client.multi().set(key.owner, me).set(key.ticks, JSON.stringify(ticks));
      if (removed.length > 0) batch.hdel(key.configs, ...removed.map(String));
      for (const vmid of configs) batch.hset(key.configs, String(vmid), JSON.stringify(memory.configs.get(vmid)));
      if (histories) batch.set(key.histories, JSON.stringify([...memory.histories]));
      await batch.exec();
    },
  };
}

async function readAll(redis: RedisLink, key: { configs: string; histories: string; ticks: string }): Promise<Memory> {
  const [configs, histories, ticks] = await Promise.all([
    redis.client.hgetall(key.configs),
    redis.client.get(key.histories),
    redis.client.get(key.ticks),
  ]);
  const last: Ticks | null = ticks ? JSON.parse(ticks) : null;
  return {
    configs: new Map(Object.entries(configs).map(([vmid, text]) => [Number(vmid), JSON.parse(text)])),
    histories: new Map(histories ? JSON.parse(histories) : []),
    counters: new Map(last?.counters),
    rates: new Map(last?.rates),
    outline: last?.outline ?? null,
    firstCollectedAt: last?.firstCollectedAt ?? null,
  };
}
