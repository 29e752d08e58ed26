import type { ClusterOptions, ClusterStatus, HaResource, Proxmox, Task } from '@proxbalance/proxmox';
import type { Log } from '@proxbalance/service-kit';
import type { Read } from './derive/snapshot.ts';

const slowEveryMs = 60_000;
/** A slow tier that could not be read for this long is unknown again: what it said then may no longer be so. */
const slowMaxAgeMs = 5 * 60_000;

/** The parts that are read beside the resources. */
export type Tiers = {
  status: Read<ClusterStatus>;
  tasks: Read<Task[]>;
  ha: Read<HaResource[]>;
  options: Read<ClusterOptions>;
};

/** Quorum and tasks at each call, or unknown; HA and options once a minute, kept a while when they can't be read. */
export function openTiers(log: Log, now: () => Date): (proxmox: Proxmox) => Promise<Tiers> {
  let ha: Read<HaResource[]> = null;
  let options: Read<ClusterOptions> = null;
  let slowTriedAt = 0;
  const attempt = async <T>(what: string, read: () => Promise<T>): Promise<Read<T>> => {
    try {
      return { value: await read(), readAt: now().toISOString() };
    } catch (error) {
      log.warn({ err: error }, `${what} not readable`);
      return null;
    }
  };
  const young = <T>(part: Read<T>): Read<T> =>
    part && now().getTime() - Date.parse(part.readAt) <= slowMaxAgeMs ? part : null;
  const readSlow = async (proxmox: Proxmox) => {
    if (now().getTime() - slowTriedAt < slowEveryMs && ha && options) return;
    slowTriedAt = now().getTime();
    const [newHa, newOptions] = await Promise.all([
      attempt('HA resources', () => proxmox.haResources()),
      attempt('datacenter options', () => proxmox.clusterOptions()),
    ]);
    ha = newHa ?? young(ha);
    options = newOptions ?? young(options);
  };
  return async (proxmox) => {
    const [status, tasks] = await Promise.all([
      attempt('quorum', () => proxmox.clusterStatus()),
      attempt('running tasks', () => proxmox.clusterTasks()),
      readSlow(proxmox),
    ]);
    return { status, tasks, ha: young(ha), options: young(options) };
  };
}
