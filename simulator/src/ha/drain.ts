import type { Node, World } from '../world.ts';
import { askCrm } from './migrate.ts';
import { bestNode, servicesOn } from './recovery.ts';

/** Maintenance asked for by the administrator: the CRM moves the node's services away, live. */
export function drainServices(world: World, node: Node): void {
  for (const service of servicesOn(world, node)) {
    const target = bestNode(world, service);
    if (target) askCrm(world, service, target.name);
  }
}
