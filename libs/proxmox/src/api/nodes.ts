import { Version } from '../decode/cluster.ts';
import { type NetworkInterface, NetworkInterfaces } from '../decode/network.ts';
import { type NodeStatus, NodeStatus as NodeStatusShape, Nodes, type ProxmoxNode } from '../decode/node.ts';
import { type NodeGuest, NodeGuests } from '../decode/node-guests.ts';
import { type NodeSample, NodeSamples } from '../decode/rrd.ts';
import type { Http } from '../http/http.ts';
import type { GuestKind } from './guests.ts';

/** Proxmox VE 9: hour and day in minutes, week and month in half hours. 8: 70 rows of 1, 30, 180 minutes and longer. */
export type Timeframe = 'hour' | 'day' | 'week' | 'month' | 'year';

/** Calls about nodes. All but `nodes` and `nodeRrd` are answered by the node itself: kind `node-unreachable` when it is down. */
export type NodeApi = {
  nodes: () => Promise<ProxmoxNode[]>;
  nodeStatus: (node: string) => Promise<NodeStatus>;
  /** Averages. Any host answers from its own copy, for dead nodes as well. */
  nodeRrd: (node: string, timeframe: Timeframe) => Promise<NodeSample[]>;
  /** Of Proxmox VE there: what decides about parameters of calls to this node while a cluster is being upgraded. */
  nodeVersion: (node: string) => Promise<Version>;
  /** The guests on the node right now, with their pressure: one request where their status would take one each. */
  nodeGuests: (node: string, kind: GuestKind) => Promise<NodeGuest[]>;
  /** What guests can be plugged into. Proxmox does not ask for it before a migration. */
  nodeBridges: (node: string) => Promise<NetworkInterface[]>;
};

export const nodeApi = (http: Http): NodeApi => ({
  nodes: () => http.get('/nodes', Nodes),
  nodeStatus: (node) => http.get('/nodes/{node}/status', NodeStatusShape, { node }),
  nodeRrd: (node, timeframe) => http.get('/nodes/{node}/rrddata', NodeSamples, { node, timeframe, cf: 'AVERAGE' }),
  nodeVersion: (node) => http.get('/nodes/{node}/version', Version, { node }),
  nodeGuests: (node, kind) => http.get('/nodes/{node}/{kind}', NodeGuests, { node, kind }),
  nodeBridges: (node) => http.get('/nodes/{node}/network', NetworkInterfaces, { node, type: 'any_bridge' }),
});
