import type { ClusterSnapshot, Guest } from '@proxbalance/contracts';

/** So many of each node by load, and as many by memory. */
const eachPerNode = 5;

/** The guests that decide how loaded their node is, and are the first to be moved: those whose past is worth asking for. */
export function busiestGuests({ guests }: Pick<ClusterSnapshot, 'guests'>): Guest[] {
  const running = Object.values(guests).filter(isMeasured);
  const chosen = [...Map.groupBy(running, ({ node }) => node).values()].flatMap((own) => [
    ...largest(own, (guest) => guest.cpu_current * guest.cpu_cores),
    ...largest(own, (guest) => guest.mem_used_gb),
  ]);
  return [...new Set(chosen)];
}

const isMeasured = (guest: Guest): boolean => guest.status === 'running' && !guest.unknown.includes('stats');

const largest = (guests: readonly Guest[], measure: (guest: Guest) => number): Guest[] =>
  guests.toSorted((a, b) => measure(b) - measure(a) || a.vmid - b.vmid).slice(0, eachPerNode);
