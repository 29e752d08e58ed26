import type { Process } from '../clock.ts';
import type { Guest } from '../guest.ts';
import { startContainerMigration } from '../migration/container.ts';
import { startVmMigration } from '../migration/virtual-machine.ts';
import { isRunning } from '../placement.ts';
import { isNine } from '../pve-version.ts';
import { startTask, type Task, TaskFailure } from '../tasks.ts';
import { TICK_MS, type World } from '../world.ts';
import { blockersOn, dependents, mayRunOn, wantedNode } from './affinity.ts';
import type { HaCommand, HaService } from './service.ts';

/** The LRM starts the real migration this long after the CRM's round. */
const LRM_DELAY_MS = 5_000;
/** Measured on a real cluster: never sooner than this after the request. */
const START_MS_MIN = 9_000;

/** The `hamigrate` task: it only hands the wish to the CRM, and is over in about a second. */
export function startHaMigration(world: World, guest: Guest, service: HaService, target: string, owner: string): Task {
  const kind = guest.type === 'qemu' ? 'VM' : 'CT';
  const request = { node: guest.node, type: 'hamigrate', id: String(guest.vmid), owner };
  return startTask(world, request, function* (task): Process {
    const command = `command 'ha-manager migrate ${service.sid} ${target}' failed: exit code 255`;
    task.log.push(`Requesting HA migration for ${kind} ${guest.vmid} to node ${target}`);
    yield 900;
    if (service.crmState === 'error') {
      task.log.push(`service '${service.sid}' in error state, must be disabled and fixed first`);
      throw new TaskFailure(command);
    }
    const blockers = isNine(nodeVersion(world, guest.node)) ? blockersOn(world, service.sid, target) : [];
    if (blockers.length > 0) {
      task.log.push(`cannot migrate resource '${service.sid}' to node '${target}':`, '');
      for (const other of blockers) {
        task.log.push(
          `- resource '${other}' on target node '${target}' in negative affinity with resource '${service.sid}'`,
        );
      }
      throw new TaskFailure(command);
    }
    for (const other of dependents(world, service.sid)) {
      task.log.push(
        `also migrate resource '${other}' in positive affinity with resource '${service.sid}' to target node '${target}'`,
      );
    }
    askCrm(world, service, target);
  });
}

/**
 * What POST /cluster/ha/resources/{sid}/migrate does besides answering. The CRM reads its commands once a round, and a
 * service holds one: of two wishes in the same round the later one counts.
 */
export function askCrm(world: World, service: HaService, target: string): void {
  const askedMs = world.clock.nowMs();
  const sids = [service.sid, ...dependents(world, service.sid)];
  world.clock.at(nextTickMs(world, askedMs), () => {
    for (const sid of sids) noteCommand(world, sid, { target, askedMs });
    // After all commands of this round have been read.
    world.clock.at(world.clock.nowMs(), () => {
      for (const sid of sids) followCommand(world, sid);
    });
  });
}

/** A wish to go where the service is, or to a node that is not online, is dropped when it is read. */
function noteCommand(world: World, sid: string, command: HaCommand): void {
  const service = world.ha.get(sid);
  const node = world.nodes.get(command.target);
  if (!service || !node || node.downSinceMs !== null || node.maintenance) return;
  if (world.guests.get(service.vmid)?.node !== command.target) service.command = command;
}

/**
 * Only the states `started` and `stopped` look at the command. In any other it lies there until the state changes, and
 * the change wipes it (change_service_state in PVE::HA::Manager starts from an empty record): a wish that arrives while
 * the service migrates is accepted, and lost. What breaks a rule is dropped without a word.
 */
function followCommand(world: World, sid: string): void {
  const service = world.ha.get(sid);
  const guest = service && world.guests.get(service.vmid);
  if (!service?.command || !guest) return;
  if (service.crmState !== 'started' && service.crmState !== 'stopped') return;
  const { target, askedMs } = service.command;
  service.command = null;
  if (!mayRunOn(world, sid, target) || blockersOn(world, sid, target).length > 0) return;
  const before = service.crmState;
  service.crmState = 'migrate';
  service.target = target;
  world.revision += 1;
  const startMs = Math.max(askedMs + START_MS_MIN, world.clock.nowMs() + LRM_DELAY_MS);
  world.clock.at(startMs, () => startReal(world, service, guest, target, before));
}

function startReal(world: World, service: HaService, guest: Guest, target: string, before: string): void {
  // Fenced, stopped or sent elsewhere meanwhile: the LRM finds another state and does nothing.
  if (service.crmState !== 'migrate' || service.target !== target) return;
  const source = world.nodes.get(guest.node);
  const node = world.nodes.get(target);
  if (source && node && source.downSinceMs === null && guest.node !== target && world.guests.has(guest.vmid)) {
    const online = isRunning(guest);
    const request = {
      guest,
      source,
      target: node,
      owner: 'root@pam',
      online,
      restart: online,
      withLocalDisks: true,
      bwlimitKibps: null,
      storageMap: (storage: string) => storage,
      timeoutS: 180,
      byHa: true,
      force: true,
    };
    const task = guest.type === 'qemu' ? startVmMigration(world, request) : startContainerMigration(world, request);
    watch(world, service, task, before);
    return;
  }
  settle(world, service, before);
}

/** The CRM sees the outcome at its next round; a failure leaves the service started on the source. */
function watch(world: World, service: HaService, task: Task, before: string): void {
  world.clock.at(nextTickMs(world, world.clock.nowMs()), () => {
    if (task.endMs === null) watch(world, service, task, before);
    else settle(world, service, before);
  });
}

function settle(world: World, service: HaService, before: string): void {
  if (service.crmState === 'migrate') service.crmState = before;
  service.command = null;
  service.target = null;
  world.revision += 1;
  // Failback: a node of lower priority is not where the rule wants it, so the CRM takes it home.
  const home = wantedNode(world, service, world.guests.get(service.vmid)?.node ?? '');
  if (home !== null && service.crmState === 'started') askCrm(world, service, home);
}

/** The CRM and the LRMs look every 10 s. */
function nextTickMs(world: World, afterMs: number): number {
  const { originMs } = world.clock;
  return originMs + (Math.floor((afterMs - originMs) / TICK_MS) + 1) * TICK_MS;
}

function nodeVersion(world: World, node: string) {
  return world.nodes.get(node)?.pve ?? '9.2';
}
