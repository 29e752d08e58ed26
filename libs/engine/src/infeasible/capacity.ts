import type { PlacementNode, PlacementProblem } from '../placement/model.ts';
import type { Capacity } from './constraint.ts';

/** More room than there is: MiB, or thousandths of a vCPU. */
export type Extra = { readonly limit: Capacity; readonly amount: number };

/** What a guest needs of a resource: MiB, or thousandths of a vCPU. */
export const demandOf = ({ guests }: PlacementProblem, i: number, of: Capacity): number => {
  const guest = guests[i];
  if (!guest) return 0;
  if (of.kind === 'storage') return sizeOn(guest.disksMib, of.storage);
  return of.kind === 'ram' ? guest.memMib : guest.vcpusMilli;
};

/** What a node has of it. */
export const roomOf = ({ nodes }: PlacementProblem, of: Capacity): number => {
  const node = nodes[of.node];
  if (!node) return 0;
  if (of.kind === 'storage') return sizeOn(node.storageMib, of.storage);
  return of.kind === 'ram' ? node.memMib : node.vcpuLimitMilli;
};

/** MiB as they are, thousandths of a vCPU as vCPUs. */
export const inUnits = ({ kind }: Capacity, amount: number): number => (kind === 'cpu' ? amount / 1000 : amount);

/** The resource by itself, whichever node it is on. */
export const resourceOf = (of: Capacity): string => (of.kind === 'storage' ? `storage ${of.storage}` : of.kind);

export const withExtra = (problem: PlacementProblem, extras: readonly Extra[]): PlacementProblem => ({
  ...problem,
  nodes: problem.nodes.map((node, i) =>
    extras.filter(({ limit }) => limit.node === i).reduce((grown, extra) => grow(grown, extra), node),
  ),
});

const grow = (node: PlacementNode, { limit, amount }: Extra): PlacementNode => {
  if (limit.kind === 'ram') return { ...node, memMib: node.memMib + amount };
  if (limit.kind === 'cpu') return { ...node, vcpuLimitMilli: node.vcpuLimitMilli + amount };
  const { storage } = limit;
  return { ...node, storageMib: { ...node.storageMib, [storage]: sizeOn(node.storageMib, storage) + amount } };
};

/** A storage may be called like what every object has: only what is listed counts. */
const sizeOn = (sizes: Readonly<Record<string, number>>, storage: string): number =>
  Object.hasOwn(sizes, storage) ? (sizes[storage] ?? 0) : 0;
