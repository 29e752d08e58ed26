import type { ClusterOptions, ClusterStatus, HaResource, Proxmox, Task, UncoveredGuest } from '@proxbalance/proxmox';
import type { Log } from '@proxbalance/service-kit';
import type { HaPlacement } from './derive/ha-rules.ts';
import type { Read } from './derive/snapshot.ts';

const slowEveryMs = 60_000;
const backupEveryMs = 10 * 60_000;
/** What could not be read is tried again sooner: its age should not outlast the trouble. */
const slowRetryMs = 20_000;
const backupRetryMs = 60_000;
/** A slow tier that could not be read for this long is unknown again: what it said then may no longer be so. */
const slowMaxAgeMs = 5 * 60_000;
const backupMaxAgeMs = 60 * 60_000;

/** The parts that are read beside the resources. */
export type Tiers = {
  status: Read<ClusterStatus>;
  tasks: Read<Task[]>;
  ha: Read<HaResource[]>;
  options: Read<ClusterOptions>;
  haPlacement: Read<HaPlacement>;
  /** Guests that no backup job takes in. */
  uncovered: Read<UncoveredGuest[]>;
};

/** Quorum and tasks at each call, or unknown; HA and options once a minute, backups every ten, kept a while when they can't be read. */
export function openTiers(log: Log, now: () => Date): (proxmox: Proxmox) => Promise<Tiers> {
  let ha: Read<HaResource[]> = null;
  let options: Read<ClusterOptions> = null;
  let haPlacement: Read<HaPlacement> = null;
  let uncovered: Read<UncoveredGuest[]> = null;
  let slowDueAt = 0;
  let backupDueAt = 0;
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
  const readSlow = async (proxmox: Proxmox) => {
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
  const readBackup = async (proxmox: Proxmox) => {
    const at = now().getTime();
    if (at < backupDueAt) return;
    const read = await attempt('backup coverage', () => proxmox.guestsWithoutBackup());
    backupDueAt = at + (read ? backupEveryMs : backupRetryMs);
    uncovered = read ?? uncovered;
  };
  return async (proxmox) => {
    const [status, tasks] = await Promise.all([
      attempt('quorum', () => proxmox.clusterStatus()),
      attempt('running tasks', () => proxmox.clusterTasks()),
      readSlow(proxmox),
      readBackup(proxmox),
    ]);
    return {
      status,
      tasks,
      ha: young(ha),
      options: young(options),
      haPlacement: young(haPlacement),
      uncovered: young(uncovered, backupMaxAgeMs),
    };
  };
}

/** Rules and groups: a cluster that is being upgraded from 8 to 9 knows rules already and still goes by its groups. */
async function readPlacement(proxmox: Proxmox): Promise<HaPlacement> {
  const [rules, groups] = await Promise.all([proxmox.haRules(), proxmox.haGroups()]);
  return { rules, groups };
}
