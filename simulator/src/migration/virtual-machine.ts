import type { Process } from '../clock.ts';
import { place } from '../placement.ts';
import { isNine } from '../pve-version.ts';
import { Interrupted, startTask, type Task } from '../tasks.ts';
import type { World } from '../world.ts';
import { copyOffline } from './disk-copy.ts';
import { liveMigration } from './live.ts';
import { MigrationLog } from './migration-log.ts';
import { checkDevices, checkDisks, failAsked, sleepUnlessStruck } from './obstacles.ts';
import { localDisks, type MigrationRequest, moveDisks } from './plan.ts';

/** Starts the `qmigrate` worker on the source node. */
export function startVmMigration(world: World, request: MigrationRequest): Task {
  const owner = request.owner;
  const id = String(request.guest.vmid);
  return startTask(world, { node: request.source.name, type: 'qmigrate', id, owner }, (task) =>
    migrate(world, request, task),
  );
}

/** prepare -> phase 1 (offline copies) -> phase 2 (running machines) -> phase 3 (the config moves, clean-up). */
function* migrate(world: World, request: MigrationRequest, task: Task): Process {
  const { guest } = request;
  const log = new MigrationLog(world, task);
  if (request.byHa) log.plain('task started by HA resource agent');
  // The HA agent asks nobody beforehand: it finds out here.
  if (guest.lock !== null) log.aborted(`VM is locked (${guest.lock})`);
  guest.lock = 'migrate';
  world.revision += 1;
  try {
    yield* prepare(world, request, log);
    yield* phase1(world, request, log);
    if (request.online) yield* phase2(world, request, log);
    yield* phase3(world, request, log);
  } catch (error) {
    guest.lock = guest.lock === 'migrate' ? null : guest.lock;
    world.revision += 1;
    throw error;
  }
  guest.lock = null;
  world.revision += 1;
  log.success();
}

function* prepare(world: World, request: MigrationRequest, log: MigrationLog): Process {
  yield* failAsked(world, request, 'prepare', (text) => log.aborted(text));
  if (request.target.downSinceMs !== null) {
    yield 3_000;
    log.aborted("Can't connect to destination address using public key");
  }
  checkDevices(request, log);
}

function* phase1(world: World, request: MigrationRequest, log: MigrationLog): Process {
  const { guest, source, target } = request;
  if (request.online && isNine(source.pve)) {
    log.info('conntrack state migration not supported or disabled, active connections might get dropped');
  }
  log.info(`starting migration of VM ${guest.vmid} to node '${target.name}' (${target.ip})`);
  try {
    for (const local of localDisks(request)) log.info(`found local disk '${local.volid}' (attached)`);
    const problem = checkDisks(request);
    if (problem) {
      if (problem.line) log.error(problem.line);
      log.failPhase1(problem.reason);
    }
    yield* failAsked(world, request, 'phase1', (text) => log.failPhase1(text));
    if (!request.online) yield* copyOffline(world, request, log);
    yield* sleepUnlessStruck(world, request, 200);
  } catch (error) {
    if (error instanceof Interrupted) log.failPhase1('interrupted by signal');
    throw error;
  }
}

function* phase2(world: World, request: MigrationRequest, log: MigrationLog): Process {
  try {
    yield* liveMigration(world, request, log);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    yield* log.failPhase2('interrupted by signal');
  }
}

/** From here on the configuration belongs to the target; a later error no longer brings the machine back. */
function* phase3(world: World, request: MigrationRequest, log: MigrationLog): Process {
  const { guest, target, online } = request;
  if (!online && target.downSinceMs !== null) log.failPhase1('remote command failed with exit code 255');
  moveDisks(world, request);
  place(world, guest, target.name, online);
  yield* failAsked(world, request, 'phase3', (text) => {
    guest.lock = null;
    log.problems(text);
  });
  yield online ? 1_400 : 300;
}
