import { z } from 'zod';
import { flag, instantOrNull, list, number, numberOrNull, text, textOrNull } from './values.ts';

/** Kinds of storage that are the same wherever they are mounted, whether they say so or not. */
const ALWAYS_SHARED = ['nfs', 'cifs', 'cephfs', 'rbd', 'iscsi', 'iscsidirect', 'pbs', 'glusterfs', 'zfs', 'esxi'];
/** Kinds that never are. */
const NEVER_SHARED = ['lvmthin', 'zfspool'];

const StorageDefinition = z
  .object({
    storage: text,
    type: text,
    content: list,
    nodes: list,
    shared: flag,
    disable: flag,
    path: textOrNull,
    is_mountpoint: textOrNull,
    digest: textOrNull,
  })
  .transform((row) => ({
    storage: row.storage,
    type: row.type,
    content: row.content,
    /** Where it is to be had; null: everywhere. May name nodes that are gone */
    nodes: row.nodes.length === 0 ? null : row.nodes,
    /** The same data on every node that has it, by its kind or by its flag */
    shared: ALWAYS_SHARED.includes(row.type) || (row.shared && !NEVER_SHARED.includes(row.type)),
    enabled: !row.disable,
    path: row.path,
    /** Proxmox looks whether something is mounted there. Without it a missing mount goes unnoticed */
    mountChecked: row.is_mountpoint !== null && !['0', 'no', 'off', 'false'].includes(row.is_mountpoint),
    /** Of all definitions together */
    digest: row.digest,
  }));
export type StorageDefinition = z.infer<typeof StorageDefinition>;
/** `GET /storage`. */
export const StorageDefinitions = z.array(StorageDefinition);

const StorageVolume = z
  .object({
    volid: text,
    format: textOrNull,
    content: textOrNull,
    size: number,
    vmid: numberOrNull,
    ctime: instantOrNull,
    parent: textOrNull,
    notes: textOrNull,
    protected: flag,
  })
  .transform((row) => ({
    volid: row.volid,
    /** `raw`, `qcow2`, `subvol`, … */
    format: row.format,
    /** `images`, `rootdir`, `iso`, `backup`, … */
    content: row.content,
    sizeBytes: row.size,
    vmid: row.vmid,
    createdAt: row.ctime,
    /** What a linked clone is based on */
    parent: row.parent,
    notes: row.notes,
    protected: row.protected,
  }));
export type StorageVolume = z.infer<typeof StorageVolume>;
/** `GET /nodes/{node}/storage/{storage}/content`. */
export const StorageVolumes = z.array(StorageVolume);
