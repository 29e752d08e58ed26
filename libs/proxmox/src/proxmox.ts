import { type AccessApi, accessApi } from './api/access.ts';
import { type ClusterApi, clusterApi } from './api/cluster.ts';
import { type GuestApi, guestApi } from './api/guests.ts';
import { type HaApi, haApi } from './api/ha.ts';
import { type NodeApi, nodeApi } from './api/nodes.ts';
import { type StorageApi, storageApi } from './api/storage.ts';
import { type TaskApi, taskApi } from './api/tasks.ts';
import { createHttp } from './http/http.ts';
import { createTransport, type HostState } from './http/transport.ts';
import type { ProxmoxAuthOptions, ProxmoxOptions } from './options.ts';

/** A Proxmox VE cluster, asked through any of its hosts. Every method rejects with a `ProxmoxError`. */
export type Proxmox = ClusterApi &
  NodeApi &
  GuestApi &
  HaApi &
  StorageApi &
  AccessApi &
  TaskApi & {
    /** What is known of each host right now, without asking. */
    hosts: () => HostState[];
    /** Lets running calls finish and closes all connections. */
    close: () => Promise<void>;
  };

/** Opens nothing until the first call. Throws a `TypeError` when the options cannot be used. */
export const createProxmox = (options: ProxmoxOptions | ProxmoxAuthOptions): Proxmox => {
  const transport = createTransport(options);
  const http = createHttp(transport);
  return {
    ...clusterApi(http),
    ...nodeApi(http),
    ...guestApi(http),
    ...haApi(http),
    ...storageApi(http),
    ...accessApi(http),
    ...taskApi(http),
    hosts: transport.hosts,
    close: transport.close,
  };
};
