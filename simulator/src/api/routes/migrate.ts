import { ROOT } from '../../access/identity.ts';
import type { Guest } from '../../guest.ts';
import { startHaMigration } from '../../ha/migrate.ts';
import { startContainerMigration } from '../../migration/container.ts';
import { localDisks, type MigrationRequest, readStorageMap } from '../../migration/plan.ts';
import { containerPreconditions, vmPreconditions } from '../../migration/preconditions.ts';
import { startVmMigration } from '../../migration/virtual-machine.ts';
import { isRunning } from '../../placement.ts';
import { isActive } from '../../storage-usage.ts';
import { managedBy, type Node } from '../../world.ts';
import { die, wrongParameters } from '../errors.ts';
import { guestAt } from '../guest-at.ts';
import { type Call, demand, must, onNode, type Route, route } from '../route.ts';
import { requireQuorum } from './cluster.ts';

const MIGRATE = demand('/vms/{vmid}', 'VM.Migrate');
const ROOT_ONLY = ['force', 'migration_type', 'migration_network'];

export const migrateRoutes: Route[] = [
  onNode(
    route('GET', '/nodes/{node}/qemu/{vmid}/migrate', MIGRATE, (call) => {
      const guest = guestAt(call, 'qemu');
      if (guest.lock !== null) die(`VM is locked (${guest.lock})`);
      requireQuorum(call.world);
      return { data: vmPreconditions(call.world, guest, call.pve) };
    }),
  ),
  {
    ...onNode(
      route('GET', '/nodes/{node}/lxc/{vmid}/migrate', MIGRATE, (call) => {
        requireQuorum(call.world);
        return { data: containerPreconditions(call.world, guestAt(call, 'lxc')) };
      }),
    ),
    since: 901,
  },
  onNode(route('POST', '/nodes/{node}/qemu/{vmid}/migrate', MIGRATE, (call) => ({ data: migrateVm(call) }))),
  onNode(route('POST', '/nodes/{node}/lxc/{vmid}/migrate', MIGRATE, (call) => ({ data: migrateContainer(call) }))),
];

/** Refusals in the order of the Perl code; whatever passes becomes a task, and may still fail there. */
function migrateVm(call: Call): string {
  const { world, values } = call;
  const target = targetOf(call);
  for (const key of call.who.id === ROOT ? [] : ROOT_ONLY)
    if (values[key] !== undefined) wrongParameters({ [key]: 'Only root may use this option.' });
  const guest = guestAt(call, 'qemu');
  if (guest.lock !== null) die(`VM is locked (${guest.lock})`);
  if (isRunning(guest) && values.online !== 1) die("can't migrate running VM without --online");
  const request = requestFor(call, guest, target, values.targetstorage);
  checkTargetStorage(call, request, values.targetstorage);
  const service = managedBy(world, guest);
  if (service) return startHaMigration(world, guest, service, target.name, call.who.id).upid;
  return startVmMigration(world, request).upid;
}

function migrateContainer(call: Call): string {
  const { world, values } = call;
  const target = targetOf(call);
  const guest = guestAt(call, 'lxc');
  const service = managedBy(world, guest);
  if (isRunning(guest) && !service && values.online !== 1 && values.restart !== 1) {
    die("can't migrate running container without --online or --restart");
  }
  if (service) return startHaMigration(world, guest, service, target.name, call.who.id).upid;
  const request = requestFor(call, guest, target, values['target-storage']);
  checkTargetStorage(call, request, values['target-storage']);
  return startContainerMigration(world, request).upid;
}

function targetOf(call: Call): Node {
  requireQuorum(call.world);
  const name = String(call.values.target);
  if (name === call.node.name) wrongParameters({ target: 'target is local node.' });
  const target = call.world.nodes.get(name);
  return target ?? die(`no such cluster node '${name}'`);
}

function requestFor(call: Call, guest: Guest, target: Node, map: string | number | undefined): MigrationRequest {
  const { values } = call;
  return {
    guest,
    source: call.node,
    target,
    owner: call.who.id,
    online: isRunning(guest),
    restart: values.restart === 1,
    withLocalDisks: values['with-local-disks'] === 1,
    bwlimitKibps: values.bwlimit === undefined ? null : Number(values.bwlimit),
    storageMap: readStorageMap(map === undefined ? undefined : String(map)),
    force: values.force === 1,
    timeoutS: Number(values.timeout ?? 180),
    byHa: false,
  };
}

/** Every storage the guest will need must be defined and active on the target; a mapping needs rights of its own. */
function checkTargetStorage(call: Call, request: MigrationRequest, map: string | number | undefined): void {
  const { world } = call;
  const { guest, target, storageMap } = request;
  if (map !== undefined && String(map) !== '1') {
    must(call, `/vms/${guest.vmid}`, 'VM.Config.Disk');
    for (const local of localDisks(request)) must(call, `/storage/${local.targetStorage}`, 'Datastore.AllocateSpace');
  }
  for (const disk of guest.disks) {
    const name = storageMap(disk.storage);
    const storage = target.storages.get(name);
    if (!storage) die(`storage '${name}' is not available on node '${target.name}'`);
    if (!storage.enabled) die(`storage '${name}' is disabled`);
    if (!isActive(world, target, storage)) die(`storage '${name}' is not available on node '${target.name}'`);
  }
}
