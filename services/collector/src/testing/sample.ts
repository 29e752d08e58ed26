import type { ClusterResources } from '@proxbalance/proxmox';
import type { Sample } from '../derive/snapshot.ts';
import { noNodeFacts } from '../node-facts.ts';

const readAt = '2026-01-01T00:00:00.000Z';

type Parts = Partial<Pick<ClusterResources, 'nodes' | 'guests' | 'storages'>> & Partial<Omit<Sample, 'resources'>>;

/** What a snapshot of these rows is made from; nothing else was read. */
export const sampleOf = ({ nodes = [], guests = [], storages = [], ...more }: Parts): Sample => ({
  resources: { value: { nodes, guests, storages, malformed: [] }, readAt },
  status: null,
  tasks: null,
  ha: { value: [], readAt },
  options: null,
  haPlacement: null,
  uncovered: null,
  sight: null,
  nodeFacts: noNodeFacts,
  histories: new Map(),
  historyReadAt: null,
  configs: new Map(),
  rates: new Map(),
  freshTags: new Map(),
  ...more,
});
