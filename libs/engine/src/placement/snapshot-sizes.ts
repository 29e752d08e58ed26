import type { Guest, Node } from '@proxbalance/contracts';
import { isLocalDisk, migrationEffort } from '../cost-benefit.ts';

/* What guests claim and nodes have, in the units of the model. What is claimed is rounded up, what there is down. */

const MIB_PER_GIB = 1024;

const claimedMib = (gib: number): number => Math.ceil(gib * MIB_PER_GIB - 1e-6);
export const roomMib = (gib: number): number => Math.max(0, Math.floor(gib * MIB_PER_GIB + 1e-6));

/** `assigned`: all a guest may use. `used`: what it uses now. */
export type Claims = 'assigned' | 'used';

/** MiB a guest claims; one that is off none. What one uses that could not be read is taken for all it may use. */
export const memClaim = (guest: Guest, claims: Claims): number => {
  if (isOff(guest)) return 0;
  const most = claimedMib(guest.mem_max_gb);
  return claims === 'assigned' || guest.unknown.includes('stats')
    ? most
    : Math.min(most, claimedMib(guest.mem_used_gb));
};

/** A guest that is known to be off. Paused ones keep what they have, and who knows what an unknown one does. */
export const isOff = ({ status, template }: Guest): boolean => template || status === 'stopped';

/** Cores a guest uses. */
export const coresUsed = (guest: Guest): number =>
  guest.status === 'running' ? (guest.cpu_current / 100) * guest.cpu_cores : 0;

export const memUsed = (guest: Guest): number => (guest.status === 'running' ? guest.mem_used_gb : 0);

/** Local disks in MiB, by storage. */
export const localDisks = ({ disks }: Guest): Record<string, number> => {
  const local = disks?.filter(isLocalDisk) ?? [];
  if (local.length === 0) return noDisks;
  return addUp(local.map(({ storage, size_gb }) => [storage, claimedMib(size_gb ?? 0)]));
};

const noDisks: Record<string, number> = {};

/** Amounts by name. A storage may be called like what every object has. */
export const addUp = (amounts: Iterable<readonly [string, number]>): Record<string, number> => {
  const sums = new Map<string, number>();
  for (const [name, amount] of amounts) sums.set(name, (sums.get(name) ?? 0) + amount);
  return Object.fromEntries(sums);
};

/** The effort of a move as the model counts it: a minute copies 16 units of 256 MiB. */
export const moveCost = (guest: Guest): number => 16 * migrationEffort(guest).cost;

/** What the host itself uses of a node: all that is in use less what its guests use. */
export const hostUse = (node: Node, guests: readonly Guest[]): { cores: number; gib: number } => ({
  cores: Math.max(0, (node.metrics.current_cpu / 100) * node.cpu_cores - total(guests, coresUsed)),
  gib: Math.max(0, (node.mem_percent / 100) * node.total_mem_gb - total(guests, memUsed)),
});

export const total = <T>(all: readonly T[], of: (one: T) => number): number => {
  let sum = 0;
  for (const one of all) sum += of(one);
  return sum;
};
