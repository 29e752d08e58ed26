import type { Process } from '../clock.ts';
import { place } from '../placement.ts';
import { Interrupted, startTask, type Task } from '../tasks.ts';
import type { World } from '../world.ts';
import { copyOffline } from './disk-copy.ts';
import { MigrationLog } from './migration-log.ts';
import { failAsked, sleepUnlessStruck } from './obstacles.ts';
import { containerMounts, localDisks, type MigrationRequest, moveDisks, volumeText } from './plan.ts';

/** Starts the `vzmigrate` worker on the source node: shut down, copy, move the config, start on the target. */
export function startContainerMigration(world: World, request: MigrationRequest): Task {
  const id = String(request.guest.vmid);
  return startTask(world, { node: request.source.name, type: 'vzmigrate', id, owner: request.owner }, (task) =>
    migrate(world, request, task),
  );
}

/** How long a container takes to shut down. */
const SHUTDOWN_MS = 2_500;

function* migrate(world: World, request: MigrationRequest, task: Task): Process {
  const { guest, source, target } = request;
  const log = new MigrationLog(world, task);
  if (request.byHa) log.plain('task started by HA resource agent');
  // Unlike machines, containers find out about a lock only here.
  if (guest.lock !== null) log.aborted(`CT is locked (${guest.lock})`);
  guest.lock = 'migrate';
  world.revision += 1;
  const wasRunning = guest.stretches[guest.stretches.length - 1]?.running === true;
  try {
    yield* prepare(world, request, log, wasRunning);
    if (wasRunning) {
      log.info(`shutdown CT ${guest.vmid}`);
      yield* sleepUnlessStruck(world, request, Math.min(SHUTDOWN_MS, request.timeoutS * 1000));
      if (request.timeoutS * 1000 < SHUTDOWN_MS) log.aborted("command 'lxc-stop' failed: received timeout");
      place(world, guest, source.name, false);
    }
    yield* phase1(world, request, log);
  } catch (error) {
    if (guest.lock === 'migrate') guest.lock = null;
    const stopped = wasRunning && guest.stretches[guest.stretches.length - 1]?.running !== true;
    if (stopped) restartOnSource(world, request, log);
    world.revision += 1;
    throw error;
  }
  moveDisks(world, request);
  place(world, guest, target.name, false);
  yield* cleanUp(world, request, log, wasRunning);
}

function* prepare(world: World, request: MigrationRequest, log: MigrationLog, wasRunning: boolean): Process {
  const { guest, target } = request;
  yield* failAsked(world, request, 'prepare', (text) => log.aborted(text));
  if (target.downSinceMs !== null) {
    yield 3_000;
    log.aborted("Can't connect to destination address using public key");
  }
  const bind = containerMounts(guest).bind[0];
  if (bind) log.aborted(`cannot migrate local bind mount point '${bind}'`);
  if (wasRunning && !request.restart) log.aborted('lxc live migration is currently not implemented');
}

function* phase1(world: World, request: MigrationRequest, log: MigrationLog): Process {
  const { guest, source, target } = request;
  log.info(`starting migration of CT ${guest.vmid} to node '${target.name}' (${target.ip})`);
  try {
    const local = new Set(localDisks(request).map((entry) => entry.disk));
    for (const disk of guest.disks.filter((entry) => !local.has(entry))) {
      log.info(`volume '${volumeText(guest, disk)}' is on shared storage '${disk.storage}'`);
    }
    for (const { disk, volid, targetStorage } of localDisks(request)) {
      const from = source.storages.get(disk.storage)?.type;
      const to = target.storages.get(targetStorage)?.type;
      if (guest.snapshots.length > 0 && from !== 'zfspool' && from !== 'btrfs') {
        log.failPhase1(`can't migrate local volume '${volid}': non-migratable snapshot exists`);
      }
      if (!to) log.failPhase1(`storage '${targetStorage}' is not available on node '${target.name}'`);
      if (from !== to)
        log.failPhase1(
          `storage migration for '${volid}' to storage '${targetStorage}' failed - cannot migrate from storage type '${from}' to '${to}'`,
        );
    }
    yield* failAsked(world, request, 'phase1', (text) => log.failPhase1(text));
    yield* failAsked(world, request, 'phase2', (text) => log.failPhase1(text));
    yield* copyOffline(world, request, log);
    yield* sleepUnlessStruck(world, request, 300);
    if (target.downSinceMs !== null) log.failPhase1('remote command failed with exit code 255');
  } catch (error) {
    if (error instanceof Interrupted) log.failPhase1('interrupted by signal');
    throw error;
  }
}

function* cleanUp(world: World, request: MigrationRequest, log: MigrationLog, wasRunning: boolean): Process {
  const { guest, target } = request;
  log.info('start final cleanup');
  guest.lock = null;
  yield* failAsked(world, request, 'phase3', (text) => log.problems(text));
  yield 700;
  if (wasRunning) {
    log.info('start container on target node');
    log.info(
      `# /usr/bin/ssh -e none -o 'BatchMode=yes' -o 'HostKeyAlias=${target.name}' root@${target.ip} pct start ${guest.vmid}`,
    );
    yield 1_800;
    if (target.downSinceMs !== null) log.problems('command ssh failed: exit code 255');
    place(world, guest, target.name, true);
  }
  log.success();
}

function restartOnSource(world: World, request: MigrationRequest, log: MigrationLog): void {
  log.info('start container on source node');
  place(world, request.guest, request.source.name, true);
}
