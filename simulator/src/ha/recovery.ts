import { powerOn } from '../pending.ts';
import { isUp, type Node, type World } from '../world.ts';
import { blockersOn, mayRunOn } from './affinity.ts';
import type { HaService } from './service.ts';

/** The watchdog of a lost node bites after a minute; then the CRM fences and recovers what ran there. */
const FENCE_MS = 60_000;
const RECOVERY_MS = 130_000;

/** Called when a node goes down: HA guests come back elsewhere, all others wait for their node. */
export function recoverServices(world: World, node: Node): void {
  const downMs = world.clock.nowMs();
  const stillDown = () => node.downSinceMs === downMs;
  world.clock.at(downMs + FENCE_MS, () => {
    if (stillDown()) for (const service of fencedOn(world, node)) service.crmState = 'fence';
    world.revision += 1;
  });
  world.clock.at(downMs + RECOVERY_MS, () => {
    if (stillDown()) for (const service of fencedOn(world, node)) recover(world, service);
    else for (const service of servicesOn(world, node)) if (service.crmState === 'fence') service.crmState = 'started';
  });
}

/** Frozen services wait for their node, whatever happens. */
function fencedOn(world: World, node: Node): HaService[] {
  return servicesOn(world, node).filter((service) => service.crmState !== 'freeze');
}

function recover(world: World, service: HaService): void {
  const guest = world.guests.get(service.vmid);
  const target = guest && bestNode(world, service);
  if (!guest || !target) {
    service.crmState = 'recovery';
    return;
  }
  guest.lock = null;
  service.crmState = 'started';
  service.target = null;
  powerOn(world, guest, target.name);
}

/** As the CRM's basic mode does: the node with the fewest guests. */
export function bestNode(world: World, service: HaService): Node | undefined {
  const counts = new Map<string, number>();
  for (const guest of world.guests.values()) counts.set(guest.node, (counts.get(guest.node) ?? 0) + 1);
  return [...world.nodes.values()]
    .filter((node) => isUp(node) && !node.maintenance && mayRunOn(world, service.sid, node.name))
    .filter((node) => blockersOn(world, service.sid, node.name).length === 0)
    .sort((left, right) => (counts.get(left.name) ?? 0) - (counts.get(right.name) ?? 0))[0];
}

export function servicesOn(world: World, node: Node): HaService[] {
  return [...world.ha.values()].filter((service) => {
    const active = service.state === 'started' || service.state === 'enabled';
    return active && world.guests.get(service.vmid)?.node === node.name;
  });
}
