import type { Fault } from './faults.ts';
import { addGap, bringNodeUp, takeNodeDown } from './node-power.ts';
import type { World } from './world.ts';

/** What a fault changes in the world when it begins. Most kinds change nothing: they are looked up where they bite. */
export function applyFault(world: World, fault: Fault): void {
  const node = fault.node === null ? undefined : world.nodes.get(fault.node);
  if (fault.kind === 'node-down' && node) takeNodeDown(world, node);
  if (fault.kind === 'quorum-loss') world.quorate = false;
  if (fault.kind === 'lock') setLock(world, fault.vmid, fault.lock);
  if (fault.kind === 'rrd-gap' && node) {
    addGap(node, { fromMs: world.clock.nowMs() - fault.lastS * 1000, toMs: Number.POSITIVE_INFINITY });
  }
}

/** And when it ends. A gap in the history stays where it was. */
export function liftFault(world: World, fault: Fault): void {
  const node = fault.node === null ? undefined : world.nodes.get(fault.node);
  if ((fault.kind === 'node-down' || fault.kind === 'target-dies') && node) bringNodeUp(world, node);
  if (fault.kind === 'quorum-loss') world.quorate = true;
  if (fault.kind === 'lock') setLock(world, fault.vmid, null, fault.lock);
  if (fault.kind === 'rrd-gap' && node) {
    const open = node.gaps.findLast((gap) => gap.toMs === Number.POSITIVE_INFINITY);
    if (open) open.toMs = world.clock.nowMs();
  }
}

function setLock(world: World, vmid: number | null, lock: string | null, onlyIf?: string): void {
  const guest = vmid === null ? undefined : world.guests.get(vmid);
  if (!guest || (onlyIf !== undefined && guest.lock !== onlyIf)) return;
  guest.lock = lock;
}
