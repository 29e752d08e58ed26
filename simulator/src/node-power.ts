import { recoverServices, servicesOn } from './ha/recovery.ts';
import { powerOn } from './pending.ts';
import { vanishTask } from './tasks.ts';
import type { Gap, Node, World } from './world.ts';

/** The node is gone at once: its workers die with it, its guests are silent, HA begins to count. */
export function takeNodeDown(world: World, node: Node): void {
  if (node.downSinceMs !== null) return;
  node.downSinceMs = world.clock.nowMs();
  world.revision += 1;
  for (const task of world.tasks.values()) if (task.node === node.name) vanishTask(world, task);
  recoverServices(world, node);
}

/** The node boots: whatever is still placed on it starts anew, with counters and uptime from zero. */
export function bringNodeUp(world: World, node: Node): void {
  if (node.downSinceMs === null) return;
  const wasDownSinceMs = node.downSinceMs;
  node.downSinceMs = null;
  node.bootMs = world.clock.nowMs();
  addGap(node, { fromMs: wasDownSinceMs, toMs: node.bootMs });
  world.revision += 1;
  for (const service of servicesOn(world, node)) if (service.crmState === 'freeze') service.crmState = 'started';
  for (const guest of world.guests.values()) {
    if (guest.node !== node.name) continue;
    const last = guest.stretches[guest.stretches.length - 1];
    if (last?.running) powerOn(world, guest, node.name);
  }
}

/** Gaps kept per node; the oldest go first. */
const GAPS_MAX = 200;

/** A stretch of time without history. */
export function addGap(node: Node, gap: Gap): void {
  node.gaps.push(gap);
  if (node.gaps.length > GAPS_MAX) node.gaps.shift();
}
