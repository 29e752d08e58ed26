import { PlacementProblemFile, type ProblemGuest, type ProblemNode, type ProblemPolicy } from '@proxbalance/contracts';

type Some<T> = { readonly [K in keyof T]?: T[K] };
type Rules = PlacementProblemFile['rules'];

/** A node of a problem file: 16 cores and 64 GiB for guests. */
export const fileNode = (id: string, more: Some<ProblemNode> = {}) => ({ id, cores: 16, mem_gib: 64, ...more });

/** A running guest of a problem file: 2 vCPUs, one busy, and 4 GiB. */
export const fileGuest = (id: string, node: string, more: Some<ProblemGuest> = {}) => {
  const size = { vcpus: 2, cpu: 1, mem_gib: 4, mem_max_gib: 4 };
  return { id, type: 'VM', node, ...size, ...more };
};

type Parts = {
  readonly nodes: readonly ReturnType<typeof fileNode>[];
  readonly guests: readonly ReturnType<typeof fileGuest>[];
  readonly rules?: Some<Rules>;
  readonly evacuate?: readonly string[];
  readonly policy?: Some<ProblemPolicy>;
};

/** A problem file of the parts that matter, balancing memory as far as it goes where the test does not say otherwise. */
export const problemFile = ({ policy, ...parts }: Parts): PlacementProblemFile =>
  PlacementProblemFile.parse({
    format: 'placement-problem/1',
    ...parts,
    policy: { method: 'memory', balanciness: 5, ...policy },
  });
