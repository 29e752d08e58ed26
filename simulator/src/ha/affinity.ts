import { isUp, type World } from '../world.ts';
import type { HaRule, HaService } from './service.ts';

/** Services that must stay together with this one. */
export function dependents(world: World, sid: string): string[] {
  return partners(world, sid, 'positive');
}

/** Services on the target that this one must stay away from. */
export function blockersOn(world: World, sid: string, target: string): string[] {
  return partners(world, sid, 'negative').filter((other) => {
    const service = world.ha.get(other);
    if (!service || service.state === 'ignored') return false;
    return world.guests.get(service.vmid)?.node === target || service.target === target;
  });
}

/** False when a strict rule keeps the service off the node: the CRM then ignores the request without a word. */
export function mayRunOn(world: World, sid: string, node: string): boolean {
  return world.rules.every((rule) => !appliesStrictly(rule, sid) || rule.nodes.has(node));
}

/** Where a rule with priorities wants the service now; null when it may stay where it is. */
export function wantedNode(world: World, service: HaService, current: string): string | null {
  const rule = world.rules.find(
    (entry) => !entry.disabled && entry.type === 'node-affinity' && entry.resources.includes(service.sid),
  );
  if (!rule || !service.failback) return null;
  const usable = [...rule.nodes].filter(([name]) => {
    const node = world.nodes.get(name);
    return node !== undefined && isUp(node) && !node.maintenance;
  });
  const highest = Math.max(...usable.map(([, priority]) => priority));
  const best = usable.filter(([, priority]) => priority === highest).map(([name]) => name);
  return best.length === 0 || best.includes(current) ? null : (best[0] ?? null);
}

function appliesStrictly(rule: HaRule, sid: string): boolean {
  return !rule.disabled && rule.type === 'node-affinity' && rule.strict && rule.resources.includes(sid);
}

function partners(world: World, sid: string, affinity: HaRule['affinity']): string[] {
  const found = new Set<string>();
  for (const rule of world.rules) {
    if (rule.disabled || rule.type !== 'resource-affinity' || rule.affinity !== affinity) continue;
    if (!rule.resources.includes(sid)) continue;
    for (const other of rule.resources) if (other !== sid && world.ha.has(other)) found.add(other);
  }
  return [...found];
}

export function sortedServices(world: World): HaService[] {
  return [...world.ha.values()].sort((left, right) => (left.sid < right.sid ? -1 : 1));
}
