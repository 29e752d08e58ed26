import type { ClusterResources } from '@proxbalance/proxmox';
import { ratesBetween, readCounters } from '../derive/rates.ts';
import type { Memory } from '../memory.ts';

/** Proxmox samples every ten seconds; between two samples the last rate stands. */
export function updateRates(memory: Memory, guests: ClusterResources['guests']): void {
  for (const row of guests) {
    const counters = readCounters(row);
    const before = memory.counters.get(row.vmid);
    if (!counters) {
      memory.counters.delete(row.vmid);
      memory.rates.delete(row.vmid);
      continue;
    }
    if (before && before[0] === counters[0]) continue;
    const rates = ratesBetween(before, counters);
    if (rates) memory.rates.set(row.vmid, rates);
    else memory.rates.delete(row.vmid);
    memory.counters.set(row.vmid, counters);
  }
}

/** What is not in the cluster any more is not remembered. */
export function forgetGone(memory: Memory, { guests, nodes }: ClusterResources): void {
  const present = new Set(guests.map((guest) => guest.vmid));
  for (const vmid of memory.configs.keys()) {
    if (present.has(vmid)) continue;
    memory.configs.delete(vmid);
    memory.unsaved.add(vmid);
  }
  for (const vmid of memory.counters.keys()) if (!present.has(vmid)) memory.counters.delete(vmid);
  for (const vmid of memory.rates.keys()) if (!present.has(vmid)) memory.rates.delete(vmid);
  const names = new Set(nodes.map((node) => node.name));
  for (const name of memory.histories.keys()) if (!names.has(name)) memory.histories.delete(name);
}
