import { ProxmoxError } from './errors.ts';

/**
 * Where the disks of a migrating guest go.
 * - `same`: each to the storage of the same name.
 * - `map`: by the name of its storage; what is not named goes to `others`, or where that is null to its own name.
 */
export type StorageMap = { kind: 'same' } | { kind: 'map'; storages: Record<string, string>; others: string | null };

const STORAGE_ID = /^[a-z][a-z0-9_.-]*[a-z0-9]$/i;

/** All disks to one storage. */
export const toOneStorage = (storage: string): StorageMap => ({ kind: 'map', storages: {}, others: storage });

/** As Proxmox takes it: `1`, `fast`, `a:b,c:d`, `a:b,fast`. Kind `parameter` for a name that is none, or an empty map. */
export const formatStorageMap = (map: StorageMap): string => {
  if (map.kind === 'same') return '1';
  const pairs = Object.entries(map.storages);
  const names = [...pairs.flat(), ...(map.others === null ? [] : [map.others])];
  const wrong = names.find((name) => !STORAGE_ID.test(name));
  if (wrong !== undefined) throw refusal(`'${wrong}' is not the name of a storage`);
  if (names.length === 0) throw refusal('a storage map without a storage');
  return [...pairs.map(([from, to]) => `${from}:${to}`), ...(map.others === null ? [] : [map.others])].join(',');
};

/** Reads what `formatStorageMap` writes, and what people write by hand; null where Proxmox would refuse it. */
export const parseStorageMap = (text: string): StorageMap | null => {
  const parts = text.split(/[,;\s]+/).filter((part) => part !== '');
  if (parts.length === 1 && parts[0] === '1') return { kind: 'same' };
  const storages = new Map<string, string>();
  let others: string | null = null;
  for (const part of parts) {
    const [from = '', to, ...rest] = part.split(':');
    const wrong = !STORAGE_ID.test(from) || (to !== undefined && !STORAGE_ID.test(to)) || rest.length > 0;
    const repeated = to === undefined ? others !== null : storages.has(from);
    if (wrong || repeated) return null;
    if (to === undefined) others = from;
    else storages.set(from, to);
  }
  return parts.length === 0 ? null : { kind: 'map', storages: Object.fromEntries(storages), others };
};

/** Where a disk on `storage` ends up. */
export const mappedStorage = (map: StorageMap, storage: string): string => {
  if (map.kind === 'same') return storage;
  return (Object.hasOwn(map.storages, storage) ? map.storages[storage] : map.others) ?? storage;
};

const refusal = (reason: string): ProxmoxError =>
  new ProxmoxError({
    kind: 'parameter',
    reason,
    fields: { targetstorage: reason },
    host: '',
    method: 'POST',
    path: '/nodes/{node}/{kind}/{vmid}/migrate',
  });
