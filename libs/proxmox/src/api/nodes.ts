import {
  type NodeStatus,
  NodeStatus as NodeStatusShape,
  type NodeStorage,
  NodeStorages,
  Nodes,
  type ProxmoxNode,
} from '../decode/node.ts';
import { type NodeSample, NodeSamples } from '../decode/rrd.ts';
import type { Http } from '../http/http.ts';

/** Proxmox VE 9: hour and day in minutes, week and month in half hours. 8: 70 rows of 1, 30, 180 minutes and longer. */
export type Timeframe = 'hour' | 'day' | 'week' | 'month' | 'year';

/** Calls about nodes. `nodeStatus` and `nodeStorage` are answered by the node itself: kind `node-unreachable` when it is down. */
export type NodeApi = {
  nodes: () => Promise<ProxmoxNode[]>;
  nodeStatus: (node: string) => Promise<NodeStatus>;
  /** Averages. Any host answers from its own copy, for dead nodes as well. */
  nodeRrd: (node: string, timeframe: Timeframe) => Promise<NodeSample[]>;
  nodeStorage: (node: string) => Promise<NodeStorage[]>;
};

export const nodeApi = (http: Http): NodeApi => ({
  nodes: () => http.get('/nodes', Nodes),
  nodeStatus: (node) => http.get('/nodes/{node}/status', NodeStatusShape, { node }),
  nodeRrd: (node, timeframe) => http.get('/nodes/{node}/rrddata', NodeSamples, { node, timeframe, cf: 'AVERAGE' }),
  nodeStorage: (node) => http.get('/nodes/{node}/storage', NodeStorages, { node }),
});
