import { z } from 'zod';
import { ClusterOptions, ClusterStatus, Permissions, Version } from '../decode/cluster.ts';
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
  /** What the token may do. A token without any right gets empty lists elsewhere, not 403. */
  permissions: () => Promise<Permissions>;
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
  permissions: () => http.get('/access/permissions', Permissions),
});
