import { shutdownPolicy } from './datacenter-options.ts';
import { drainServices } from './ha/drain.ts';
import { servicesOn } from './ha/recovery.ts';
import { bringNodeUp, takeNodeDown } from './node-power.ts';
import type { Node, World } from './world.ts';

/** The command is carried out this long after the answer. */
const DELAY_MS = 2_000;
const BOOT_MS = 90_000;
/** With the policy `migrate` the node waits for its services, but not for ever. */
const DRAIN_MS_MAX = 600_000;
const LOOK_MS = 5_000;

/** Guests stop with their node and come back with it. What HA does in between is the datacenter's shutdown policy. */
export function shutNodeDown(world: World, node: Node, command: 'reboot' | 'shutdown'): void {
  const { clock } = world;
  clock.at(clock.nowMs() + DELAY_MS, () => {
    if (node.downSinceMs !== null) return;
    if (shutdownPolicy(world) === 'migrate') drainFirst(world, node, command);
    else powerOff(world, node, command);
  });
}

function drainFirst(world: World, node: Node, command: 'reboot' | 'shutdown'): void {
  const { clock } = world;
  const untilMs = clock.nowMs() + DRAIN_MS_MAX;
  const wasInMaintenance = node.maintenance;
  node.maintenance = true;
  world.revision += 1;
  drainServices(world, node);
  const look = () => {
    if (servicesOn(world, node).length > 0 && clock.nowMs() < untilMs)
      return void clock.at(clock.nowMs() + LOOK_MS, look);
    node.maintenance = wasInMaintenance;
    powerOff(world, node, command);
  };
  clock.at(clock.nowMs() + LOOK_MS, look);
}

/** `conditional` freezes services over a reboot and recovers them after a shutdown, `freeze` and `failover` do not ask. */
function powerOff(world: World, node: Node, command: 'reboot' | 'shutdown'): void {
  const policy = shutdownPolicy(world);
  const frozen = policy === 'freeze' || (policy === 'conditional' && command === 'reboot');
  if (frozen) for (const service of servicesOn(world, node)) service.crmState = 'freeze';
  takeNodeDown(world, node);
  const downMs = world.clock.nowMs();
  if (command === 'shutdown') return;
  world.clock.at(downMs + BOOT_MS, () => {
    // Unless it came up, and perhaps went down again, by another hand.
    if (node.downSinceMs === downMs) bringNodeUp(world, node);
  });
}
