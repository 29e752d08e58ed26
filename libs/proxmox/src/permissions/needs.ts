/** A privilege where it is looked for: at `path` itself when that is `/`, else at whatever lies below. */
export type Need = { privilege: string; path: string };

const on = (path: string, ...privileges: string[]): Need[] => privileges.map((privilege) => ({ privilege, path }));

/** What the product does with a cluster, and what Proxmox asks for it. Without the `required` ones it cannot work at all. */
export const NEEDS = {
  /** Resources, status, configuration and history */
  'read-guests': { required: true, needs: on('/vms', 'VM.Audit') },
  /** Nodes, cluster status and options, HA, the tasks of others */
  'read-cluster': { required: true, needs: [...on('/', 'Sys.Audit'), ...on('/nodes', 'Sys.Audit')] },
  'read-storage': { required: true, needs: on('/storage', 'Datastore.Audit') },
  'read-pools': { required: true, needs: on('/pool', 'Pool.Audit') },
  migrate: { required: true, needs: on('/vms', 'VM.Migrate') },
  /** To other storages on the target */
  'migrate-to-other-storage': {
    required: false,
    needs: [...on('/vms', 'VM.Migrate', 'VM.Config.Disk'), ...on('/storage', 'Datastore.AllocateSpace')],
  },
  'edit-tags': { required: false, needs: on('/vms', 'VM.Config.Options') },
  /** Those that the datacenter options register or restrict */
  'edit-registered-tags': { required: false, needs: [...on('/vms', 'VM.Config.Options'), ...on('/', 'Sys.Modify')] },
  'start-and-stop-guests': { required: false, needs: on('/vms', 'VM.PowerMgmt') },
  'make-snapshots': { required: false, needs: on('/vms', 'VM.Snapshot') },
  'roll-back-snapshots': { required: false, needs: on('/vms', 'VM.Snapshot.Rollback') },
  /** Also a migration that the HA manager started: it belongs to root@pam */
  'stop-tasks-of-others': { required: false, needs: on('/nodes', 'Sys.Modify') },
  'migrate-by-ha': { required: false, needs: on('/', 'Sys.Console') },
  'restart-nodes': { required: false, needs: on('/nodes', 'Sys.PowerMgmt') },
  'edit-cluster-options': { required: false, needs: on('/', 'Sys.Modify') },
} satisfies Record<string, { required: boolean; needs: Need[] }>;

export type ProductFunction = keyof typeof NEEDS;
