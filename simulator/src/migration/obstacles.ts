import type { Process } from '../clock.ts';
import { findFault, type MigrationPhase, removeFault, strike } from '../faults.ts';
import { takeNodeDown } from '../node-power.ts';
import { isRunning } from '../placement.ts';
import { runningTaskOf, vanishTask } from '../tasks.ts';
import type { World } from '../world.ts';
import type { MigrationLog } from './migration-log.ts';
import { localCdrom, localDisks, localResources, type MigrationRequest, mappedResources } from './plan.ts';

const ASKED: Record<MigrationPhase, string> = {
  prepare: "Can't connect to destination address using public key",
  phase1: "Problem found while scanning volumes - can't migrate VM - check log",
  phase2: "VM VMID qmp command 'migrate' failed - unable to find configuration file on the target",
  phase3: "tunnel replied 'ERR: resume failed - VM VMID not running' to command 'resume VMID'",
};

/** The text of a `migration-fails` fault for this phase, if there is one; it counts one of its `times`. */
export function askedFailure(world: World, request: MigrationRequest, phase: MigrationPhase): string | null {
  const { vmid } = request.guest;
  const fault = strike(world, 'migration-fails', (found) => found.vmid === vmid && found.phase === phase);
  if (!fault) return null;
  return fault.message === '' ? ASKED[phase].replaceAll('VMID', String(vmid)) : fault.message;
}

export function* failAsked(
  world: World,
  request: MigrationRequest,
  phase: MigrationPhase,
  fail: (text: string) => void,
): Process {
  const text = askedFailure(world, request, phase);
  if (text === null) return;
  yield 500;
  fail(text);
}

/** Waits; a `task-vanishes` fault ends the worker here without a word, a `target-dies` fault takes the target down. */
export function* sleepUnlessStruck(world: World, request: MigrationRequest, ms: number): Process {
  yield ms;
  strikeNow(world, request);
  yield 0;
}

/** To be followed by a yield: that is where a dropped worker stops for ever. */
export function strikeNow(world: World, request: MigrationRequest): void {
  const { vmid } = request.guest;
  const vanish = findFault(world, 'task-vanishes', (fault) => fault.vmid === vmid);
  const task = vanish ? runningTaskOf(world, String(vmid)) : undefined;
  if (vanish && task) {
    removeFault(world, vanish.id);
    vanishTask(world, task);
  }
  const death = findFault(world, 'target-dies', (fault) => fault.vmid === vmid && fault.node === null);
  if (death) {
    // Remembered in the fault, so that lifting it boots the node again.
    death.node = request.target.name;
    takeNodeDown(world, request.target);
  }
}

/** Local devices stop a VM before anything is copied; one that is off may be forced. What is mapped exists here alone. */
export function checkDevices({ guest, target, force }: MigrationRequest, log: MigrationLog): void {
  const devices = localResources(guest);
  if (devices.length > 0) {
    if (isRunning(guest) || !force) log.aborted(`can't migrate VM which uses local devices: ${devices.join(', ')}`);
    log.info('migrating VM which uses local devices');
  }
  const mapped = [...mappedResources(guest).keys()].sort();
  if (mapped.length > 0) log.aborted(`can't migrate to '${target.name}': missing mapped devices ${mapped.join(', ')}`);
  if (isRunning(guest) && String(guest.config.get('vga') ?? '').includes('clipboard=vnc')) {
    log.aborted("VMs with 'clipboard' set to 'vnc' are not live migratable!");
  }
}

/** What the scan of the volumes finds; `line` is the detail logged before the reason. */
export function checkDisks(request: MigrationRequest): { line: string | null; reason: string } | null {
  const { guest, source, target } = request;
  const scan = "Problem found while scanning volumes - can't migrate VM - check log";
  const cdrom = localCdrom(guest, source);
  if (cdrom) {
    return { line: null, reason: `Problem found while scanning volumes - can't migrate local cdrom '${cdrom}'` };
  }
  const locals = localDisks(request);
  const running = isRunning(guest);
  if (locals.length > 0 && running && !request.withLocalDisks) {
    const why = "can't live migrate attached local disks without with-local-disks option";
    return { line: `can't migrate local disk '${locals[0]?.volid}': ${why}`, reason: scan };
  }
  if (locals.length > 0 && guest.snapshots.length > 0) {
    if (running)
      return { line: null, reason: 'online storage migration not possible if non-replicated snapshot exists' };
    const kind = source.storages.get(locals[0]?.disk.storage ?? '')?.type;
    if (kind !== 'zfspool')
      return { line: `can't migrate local disk '${locals[0]?.volid}': non-migratable snapshot exists`, reason: scan };
  }
  const lost = locals.find((local) => !target.storages.has(local.targetStorage));
  if (!lost) return null;
  const why = `storage '${lost.targetStorage}' is not available on node '${target.name}'`;
  return { line: `can't migrate local disk '${lost.volid}': ${why}`, reason: scan };
}
