import type { Permissions } from '../decode/cluster.ts';
import { holds } from './holds.ts';
import type { ProductFunction } from './needs.ts';
import { permissionReport } from './report.ts';

/** Of what a token is shown everything. Proxmox leaves out of its lists what may not be seen, without a word. */
export type Sight = {
  guests: boolean;
  /** The tasks of others and the datacenter options. What it may not see of a node, it sees missing */
  cluster: boolean;
  storages: boolean;
};

/** `permissions`: the whole list of the token. */
export const sightOf = (permissions: Permissions): Sight => {
  const report = permissionReport(permissions, '');
  const seesAll = (name: ProductFunction) =>
    report
      .filter((one) => one.function === name)
      .every(({ checks }) => checks.every(({ held, exceptions }) => held && exceptions.length === 0));
  return {
    guests: seesAll('read-guests'),
    cluster: holds(permissions, 'Sys.Audit', '/'),
    storages: seesAll('read-storage'),
  };
};
