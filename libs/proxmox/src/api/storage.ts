import { type NodeStorage, NodeStorages } from '../decode/node.ts';
import { type StorageDefinition, StorageDefinitions, type StorageVolume, StorageVolumes } from '../decode/storage.ts';
import type { Http } from '../http/http.ts';

/** `content`: one kind, `images`, `rootdir`, `backup`, … */
export type VolumeFilter = { vmid?: number; content?: string };

/** Calls about storage. Those with a node are answered by it: kind `node-unreachable` when it is down. */
export type StorageApi = {
  /** As they are set up for the cluster; what a node makes of it is in `nodeStorage`. */
  storageDefinitions: () => Promise<StorageDefinition[]>;
  nodeStorage: (node: string) => Promise<NodeStorage[]>;
  storageVolumes: (node: string, storage: string, filter?: VolumeFilter) => Promise<StorageVolume[]>;
};

export const storageApi = (http: Http): StorageApi => ({
  storageDefinitions: () => http.get('/storage', StorageDefinitions),
  nodeStorage: (node) => http.get('/nodes/{node}/storage', NodeStorages, { node }),
  storageVolumes: (node, storage, filter) =>
    http.get('/nodes/{node}/storage/{storage}/content', StorageVolumes, { node, storage, ...filter }),
});
