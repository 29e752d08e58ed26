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

/**
 * Quorum and tasks at each call, or unknown; HA and options once a minute, the rest every ten, kept a while when they can't
 * be read. What one connection was told is not kept for the next: it may be to another cluster.
 */
export function openTiers(log: Log, now: () => Date): (proxmox: Proxmox) => Promise<Tiers> {
  const readers = new WeakMap<Proxmox, () => Promise<Tiers>>();
  return (proxmox) => {
    const reader = readers.get(proxmox) ?? openReader(proxmox, log, now);
    readers.set(proxmox, reader);
    return reader();
  };
}

function openReader(proxmox: Proxmox, log: Log, now: () => Date): () => Promise<Tiers> {
  let ha: Read<HaResource[]> = null;
  let options: Read<ClusterOptions> = null;
  let haPlacement: Read<HaPlacement> = null;
  let uncovered: Read<UncoveredGuest[]> = null;
  let sight: Read<Sight> = null;
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
    if (at < slowDueAt && ha && options) return;
    const [newHa, newOptions, newPlacement] = await Promise.all([
      attempt('HA resources', () => proxmox.haResources()),
      attempt('datacenter options', () => proxmox.clusterOptions()),
      attempt('HA rules', () => readPlacement(proxmox)),
    ]);
    slowDueAt = at + (newHa && newOptions && newPlacement ? slowEveryMs : slowRetryMs);
    ha = newHa ?? young(ha);
    options = newOptions ?? young(options);
    haPlacement = newPlacement ?? young(haPlacement);
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
    uncovered = newUncovered ?? uncovered;
    sight = newSight ?? sight;
  };
  return async () => {
    const [status, tasks] = await Promise.all([
      attempt('quorum', () => proxmox.clusterStatus()),
      attempt('running tasks', () => proxmox.clusterTasks()),
      readSlow(),
      readRare(),
    ]);
    // Who may not see them is shown no tasks of others, and options as if nobody had set any.
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
}

const seesAll = (sight: Sight): boolean => Object.values(sight).every(Boolean);

/** Rules and groups: a cluster that is being upgraded from 8 to 9 knows rules already and still goes by its groups. */
async function readPlacement(proxmox: Proxmox): Promise<HaPlacement> {
  const [rules, groups] = await Promise.all([proxmox.haRules(), proxmox.haGroups()]);
  return { rules, groups };
}
