import { z } from 'zod';
import { BlockingResources } from './ha.ts';
import { flag, numberOrNull, recordOf, text, textOrNull, texts } from './values.ts';

const LocalDisk = z
  .object({
    volid: text,
    drivename: textOrNull,
    size: numberOrNull,
    cdrom: flag,
    is_unused: flag,
    is_attached: flag,
    is_cloudinit: flag,
    is_tpmstate: flag,
    shared: flag,
  })
  .transform((row) => ({
    volid: row.volid,
    /** `scsi0`, …; null for an unused volume */
    drive: row.drivename,
    /** null for cloud-init */
    sizeBytes: row.size,
    cdrom: row.cdrom,
    unused: row.is_unused,
    attached: row.is_attached,
    cloudInit: row.is_cloudinit,
    tpmState: row.is_tpmstate,
    shared: row.shared,
  }));

const Obstacles = z
  .object({
    unavailable_storages: texts,
    'unavailable-resources': texts,
    'blocking-ha-resources': BlockingResources,
  })
  .transform((row) => ({
    storages: row.unavailable_storages,
    resources: row['unavailable-resources'],
    haResources: row['blocking-ha-resources'],
  }));

/** VMs write `allowed_nodes`, containers `allowed-nodes`; both are read as the latter. */
const unified = (value: unknown): unknown => {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key.replaceAll('_', '-'), entry]));
};

/** `GET …/migrate`. Free space, memory and CPU type are not looked at by Proxmox, nor is whether a node is online. */
export const MigratePreconditions = z.preprocess(
  unified,
  z
    .object({
      running: flag,
      'allowed-nodes': z.array(text).nullish(),
      'not-allowed-nodes': recordOf(Obstacles),
      'local-disks': z.preprocess((value) => value ?? [], z.array(LocalDisk)),
      'local-resources': texts,
      'mapped-resources': texts,
      'dependent-ha-resources': texts,
    })
    .transform((row) => ({
      running: row.running,
      /** null: not told (a running VM before Proxmox VE 8.4). May hold nodes that are offline */
      allowedNodes: row['allowed-nodes'] ?? null,
      /** Only nodes with a reason; Proxmox also lists allowed nodes there, with none */
      blockedNodes: Object.fromEntries(
        Object.entries(row['not-allowed-nodes']).filter(
          ([, { storages, resources, haResources }]) => storages.length + resources.length + haResources.length > 0,
        ),
      ),
      /** Volumes on storage that is not shared; always empty for containers */
      localDisks: row['local-disks'],
      /** Configuration keys bound to this host: usb0, hostpci0, … */
      localResources: row['local-resources'],
      mappedResources: row['mapped-resources'],
      /** sids that HA moves along */
      dependentHaResources: row['dependent-ha-resources'],
    })),
);
export type MigratePreconditions = z.infer<typeof MigratePreconditions>;
