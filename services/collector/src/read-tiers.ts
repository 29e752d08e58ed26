import {
  type ClusterOptions,
  type ClusterStatus,
  type HaResource,
  type Proxmox,
  type Sight,
  sightOf,
  type Task,
  type UncoveredGuest,
} from '@proxbalance/proxmox';
import type { Log } from '@proxbalance/service-kit';
import type { HaPlacement } from './derive/ha-rules.ts';
import type { Read } from './derive/snapshot.ts';

const slowEveryMs = 60_000;
const rareEveryMs = 10 * 60_000;
/** What could not be read is tried again sooner: its age should not outlast the trouble. */
const slowRetryMs = 20_000;
const rareRetryMs = 60_000;
/** A slow tier that could not be read for this long is unknown again: what it said then may no longer be so. */
const slowMaxAgeMs = 5 * 60_000;
const rareMaxAgeMs = 60 * 60_000;

/** The parts that are read beside the resources. */
export type Tiers = {
  status: Read<ClusterStatus>;
  tasks: Read<Task[]>;
  ha: Read<HaResource[]>;
  options: Read<ClusterOptions>;
  haPlacement: Read<HaPlacement>;
  /** Guests that no backup job takes in. */
  uncovered: Read<UncoveredGuest[]>;
  sight: Read<Sight>;
};

/** What is not read at each tick, as it was read last. */
export type KeptTiers = Pick<Tiers, 'ha' | 'options' | 'haPlacement' | 'uncovered' | 'sight'>;

export type TierReader = {
  read(proxmox: Proxmox): Promise<Tiers>;
  /** What is kept of a connection, for the replica that takes the next tick. */
  kept(proxmox: Proxmox): KeptTiers;
  /** Takes over what another replica kept, where it is newer. */
  adopt(proxmox: Proxmox, kept: KeptTiers): void;
};

/**
 * Quorum and tasks at each call, or unknown; HA and options once a minute, the rest every ten, kept a while when they can't
 * be read. What one connection was told is not kept for the next: it may be to another cluster.
 */
export function openTiers(log: Log, now: () => Date): TierReader {
  const readers = new WeakMap<Proxmox, ReturnType<typeof openReader>>();
  const readerOf = (proxmox: Proxmox) => {
    const reader = readers.get(proxmox) ?? openReader(proxmox, log, now);
    readers.set(proxmox, reader);
    return reader;
  };
  return {
    read: (proxmox) => readerOf(proxmox).read(),
    kept: (proxmox) => readerOf(proxmox).kept,
    adopt: (proxmox, kept) => readerOf(proxmox).adopt(kept),
  };
}

function openReader(proxmox: Proxmox, log: Log, now: () => Date) {
  const kept: KeptTiers = { ha: null, options: null, haPlacement: null, uncovered: null, sight: null };
  let slowDueAt = 0;
  let rareDueAt = 0;
  const attempt = async <T>(what: string, read: () => Promise<T>): Promise<Read<T>> => {
    try {
      return { value: await read(), readAt: now().toISOString() };
    } catch (error) {
      log.warn({ err: error }, `${what} not readable`);
      return null;
    }
  };
  const young = <T>(part: Read<T>, maxAgeMs = slowMaxAgeMs): Read<T> =>
    part && now().getTime() - Date.parse(part.readAt) <= maxAgeMs ? part : null;
  const readSlow = async () => {
    const at = now().getTime();
    if (at < slowDueAt && kept.ha && kept.options) return;
    const [newHa, newOptions, newPlacement] = await Promise.all([
      attempt('HA resources', () => proxmox.haResources()),
      attempt('datacenter options', () => proxmox.clusterOptions()),
      attempt('HA rules', () => readPlacement(proxmox)),
    ]);
    slowDueAt = at + (newHa && newOptions && newPlacement ? slowEveryMs : slowRetryMs);
    kept.ha = newHa ?? young(kept.ha);
    kept.options = newOptions ?? young(kept.options);
    kept.haPlacement = newPlacement ?? young(kept.haPlacement);
  };
  const readRare = async () => {
    const at = now().getTime();
    if (at < rareDueAt) return;
    const [newUncovered, newSight] = await Promise.all([
      attempt('backup coverage', () => proxmox.guestsWithoutBackup()),
      attempt('permissions', async () => sightOf(await proxmox.permissions())),
    ]);
    // A right that is missing may be given at any moment.
    rareDueAt = at + (newUncovered && newSight && seesAll(newSight.value) ? rareEveryMs : rareRetryMs);
    kept.uncovered = newUncovered ?? kept.uncovered;
    kept.sight = newSight ?? kept.sight;
  };
  const read = async (): Promise<Tiers> => {
    const [status, tasks] = await Promise.all([
      attempt('quorum', () => proxmox.clusterStatus()),
      attempt('running tasks', () => proxmox.clusterTasks()),
      readSlow(),
      readRare(),
    ]);
    // Who may not see them is shown no tasks of others, and options as if nobody had set any.
    const { ha, options, haPlacement, uncovered, sight } = kept;
    const isShown = sight?.value.cluster !== false;
    return {
      status,
      tasks: isShown ? tasks : null,
      ha: young(ha),
      options: isShown ? young(options) : null,
      haPlacement: young(haPlacement),
      uncovered: young(uncovered, rareMaxAgeMs),
      sight: young(sight, rareMaxAgeMs),
    };
  };
  const adopt = (others: KeptTiers) => {
    Object.assign(kept, newerOf(kept, others));
    if (kept.ha && kept.options && kept.haPlacement)
      slowDueAt = Math.max(slowDueAt, readAt(kept.ha, kept.options, kept.haPlacement) + slowEveryMs);
    if (kept.uncovered && kept.sight)
      rareDueAt = Math.max(
        rareDueAt,
        readAt(kept.uncovered, kept.sight) + (seesAll(kept.sight.value) ? rareEveryMs : rareRetryMs),
      );
  };
  return { read, kept, adopt };
}

const newerOf = (own: KeptTiers, others: KeptTiers): KeptTiers => ({
  ha: newer(own.ha, others.ha),
  options: newer(own.options, others.options),
  haPlacement: newer(own.haPlacement, others.haPlacement),
  uncovered: newer(own.uncovered, others.uncovered),
  sight: newer(own.sight, others.sight),
});

const newer = <T>(one: Read<T>, other: Read<T>): Read<T> =>
  one && (!other || Date.parse(one.readAt) >= Date.parse(other.readAt)) ? one : other;

/** When the oldest of them was read. */
const readAt = (...parts: { readAt: string }[]): number => Math.min(...parts.map((part) => Date.parse(part.readAt)));

const seesAll = (sight: Sight): boolean => Object.values(sight).every(Boolean);

/** Rules and groups: a cluster that is being upgraded from 8 to 9 knows rules already and still goes by its groups. */
async function readPlacement(proxmox: Proxmox): Promise<HaPlacement> {
  const [rules, groups] = await Promise.all([proxmox.haRules(), proxmox.haGroups()]);
  return { rules, groups };
}
