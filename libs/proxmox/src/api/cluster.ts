import { z } from 'zod';
import { type UncoveredGuest, UncoveredGuests } from '../decode/backup.ts';
import { ClusterOptions, ClusterStatus, Version } from '../decode/cluster.ts';
import { type Metric, Metrics } from '../decode/metrics.ts';
import { OnePool, type Pool, type PoolRow, PoolRows } from '../decode/pools.ts';
import { ClusterResources } from '../decode/resources.ts';
import { type Task, Tasks } from '../decode/task.ts';
import type { Http } from '../http/http.ts';

/** Calls about the cluster as a whole. */
export type ClusterApi = {
  version: () => Promise<Version>;
  /** Nodes, guests and storages in one request. Fresh every 10 s, cached by Proxmox for 2 s. */
  clusterResources: () => Promise<ClusterResources>;
  clusterStatus: () => Promise<ClusterStatus>;
  /** Running tasks and the newest finished ones of every node. Those of others only with Sys.Audit on /. */
  clusterTasks: () => Promise<Task[]>;
  clusterOptions: () => Promise<ClusterOptions>;
  /** Writes datacenter options, in Proxmox's own spelling (`crs`: `ha=static,…`). Needs Sys.Modify on /. */
  setClusterOptions: (changes: Record<string, string>) => Promise<void>;
  pools: () => Promise<PoolRow[]>;
  /** A pool with its members, as far as the caller may see them. Kind `refused` when there is none of that name. */
  pool: (pool: string) => Promise<Pool>;
  guestsWithoutBackup: () => Promise<UncoveredGuest[]>;
  /** The newest statistics of all nodes, guests and storages; with `since`, all of them from then on (half an hour at most). */
  metrics: (since?: Date) => Promise<Metric[]>;
};

export const clusterApi = (http: Http): ClusterApi => ({
  version: () => http.get('/version', Version),
  clusterResources: () => http.get('/cluster/resources', ClusterResources),
  clusterStatus: () => http.get('/cluster/status', ClusterStatus),
  clusterTasks: () => http.get('/cluster/tasks', Tasks),
  clusterOptions: () => http.get('/cluster/options', ClusterOptions),
  setClusterOptions: async (changes) => {
    await http.send('PUT', '/cluster/options', z.unknown(), changes);
  },
  pools: () => http.get('/pools', PoolRows),
  pool: (pool) => http.get('/pools', OnePool, { poolid: pool }),
  guestsWithoutBackup: () => http.get('/cluster/backup-info/not-backed-up', UncoveredGuests),
  metrics: (since) =>
    http.get(
      '/cluster/metrics/export',
      Metrics,
      since === undefined ? {} : { history: true, 'start-time': Math.floor(since.getTime() / 1000) },
    ),
});
