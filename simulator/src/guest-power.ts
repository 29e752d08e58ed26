import type { Process } from './clock.ts';
import type { Guest } from './guest.ts';
import { powerOn } from './pending.ts';
import { isRunning, place } from './placement.ts';
import { startTask, type Task, TaskFailure } from './tasks.ts';
import { managedBy, type World } from './world.ts';

export type PowerAction = 'start' | 'stop' | 'shutdown' | 'reboot';

const DURATION_MS: Record<PowerAction, number> = { start: 1_500, stop: 800, shutdown: 4_000, reboot: 6_000 };

/** What Proxmox refuses before a task exists. */
export function powerRefusal(guest: Guest, action: PowerAction): string | null {
  const kind = guest.type === 'qemu' ? 'VM' : 'CT';
  if (guest.lock !== null && action !== 'stop') return `${kind} is locked (${guest.lock})`;
  if (action === 'start' && guest.type === 'qemu' && isRunning(guest)) return `VM ${guest.vmid} already running`;
  if (action === 'start' && guest.type === 'lxc' && isRunning(guest)) return `CT ${guest.vmid} already running`;
  if (action === 'start' && guest.template) return "you can't start a vm if it's a template";
  if (action !== 'start' && !isRunning(guest)) {
    if (guest.type === 'lxc') return `CT ${guest.vmid} not running`;
    if (action !== 'stop') return `VM ${guest.vmid} not running`;
  }
  return null;
}

/** Starts the worker; guests under HA get a request to the CRM instead, which does the same a little later. */
export function startPower(world: World, guest: Guest, action: PowerAction, owner: string): string {
  const service = managedBy(world, guest);
  const id = String(guest.vmid);
  if (service && (action === 'start' || action === 'stop' || action === 'shutdown')) {
    const type = action === 'start' ? 'hastart' : 'hastop';
    return startTask(world, { node: guest.node, type, id, owner }, function* (task): Process {
      task.log.push(
        `Requesting HA ${action === 'start' ? 'start' : 'stop'} for ${guest.type === 'qemu' ? 'VM' : 'CT'} ${id}`,
      );
      yield 900;
      service.state = action === 'start' ? 'started' : 'stopped';
      service.crmState = service.state;
      service.target = null;
      world.clock.at(world.clock.nowMs() + 8_000, () => void work(world, guest, action, 'root@pam'));
    }).upid;
  }
  return work(world, guest, action, owner).upid;
}

function work(world: World, guest: Guest, action: PowerAction, owner: string): Task {
  const type = `${guest.type === 'qemu' ? 'qm' : 'vz'}${action}`;
  return startTask(world, { node: guest.node, type, id: String(guest.vmid), owner }, function* (): Process {
    const node = guest.node;
    yield DURATION_MS[action];
    if (guest.node !== node)
      throw new TaskFailure(
        `Configuration file 'nodes/${node}/${guest.type === 'qemu' ? 'qemu-server' : 'lxc'}/${guest.vmid}.conf' does not exist`,
      );
    const wanted = action === 'start' || action === 'reboot';
    if (wanted) {
      if (!isRunning(guest) || action === 'reboot') powerOn(world, guest, node);
    } else if (isRunning(guest)) place(world, guest, node, false);
  });
}
