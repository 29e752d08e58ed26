import type { Guest, Load } from './guest.ts';
import type { World } from './world.ts';

/** Changes kept per guest; older ones merge into the first. */
const CHANGES_MAX = 64;

/** Puts the guest on a node, running or not, from this instant on. A running guest's counters begin at zero. */
export function place(world: World, guest: Guest, node: string, running: boolean): void {
  const fromMs = world.clock.nowMs();
  guest.node = node;
  guest.stretches.push({ fromMs, node, running, startedMs: fromMs });
  if (guest.stretches.length > CHANGES_MAX) guest.stretches.shift();
  world.revision += 1;
}

export function isRunning(guest: Guest): boolean {
  return guest.stretches[guest.stretches.length - 1]?.running === true;
}

export function currentLoad(guest: Guest): Load {
  const load = guest.loads[guest.loads.length - 1]?.load;
  if (!load) throw new Error('a guest always has a load');
  return load;
}

/** The new load counts from this instant; the past keeps the old one. */
export function changeLoad(world: World, guest: Guest, load: Load): void {
  guest.loads.push({ fromMs: world.clock.nowMs(), vcpus: guest.cores * guest.sockets, load });
  if (guest.loads.length > CHANGES_MAX) guest.loads.shift();
  world.revision += 1;
}
