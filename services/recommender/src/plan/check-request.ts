import { type ClusterSnapshot, type ErrorDetail, type PlanRequest, RefusedError } from '@proxbalance/contracts';
import { ruleNames } from '@proxbalance/engine';

/** Refuses what is not in the cluster, each by its name and place. */
export function checkRequest({ nodes, guests, ...snapshot }: ClusterSnapshot, request: PlanRequest): void {
  const { overrides = {} } = request;
  // By own keys only: `constructor` is something every object has, and no node.
  const isNode = (name: string) => Object.hasOwn(nodes, name);
  const added = (overrides.add_nodes ?? []).map(({ name }) => name);
  const nodeLists: [string, readonly string[]][] = [
    ['nodes', request.nodes ?? []],
    ['overrides.fail_nodes', overrides.fail_nodes ?? []],
    ['overrides.drain_nodes', overrides.drain_nodes ?? []],
  ];
  refuseAny('node-not-found', [
    ...nodeLists.flatMap(([path, names]) =>
      names.flatMap((name, i) => (isNode(name) ? [] : [missing(`${path}.${i}`, `no node ${name} in the cluster`)])),
    ),
    ...(overrides.add_nodes ?? []).flatMap(({ like }, i) =>
      isNode(like) ? [] : [missing(`overrides.add_nodes.${i}.like`, `no node ${like} in the cluster`)],
    ),
  ]);
  refuseAny(
    'guest-not-found',
    (overrides.grow_guests ?? []).flatMap(({ vmid }, i) =>
      Object.hasOwn(guests, vmid)
        ? []
        : [missing(`overrides.grow_guests.${i}.vmid`, `no guest ${vmid} in the cluster`)],
    ),
  );
  const rules = ruleNames({ ...snapshot, nodes, guests });
  refuseAny('invalid-input', [
    ...added.flatMap((name, i) =>
      isNode(name) || added.indexOf(name) !== i
        ? [missing(`overrides.add_nodes.${i}.name`, `there is a node ${name} already`)]
        : [],
    ),
    ...(overrides.drop_rules ?? []).flatMap((name, i) =>
      rules.has(name) ? [] : [missing(`overrides.drop_rules.${i}`, `no rule ${name} in the cluster`)],
    ),
  ]);
}

const missing = (path: string, message: string): ErrorDetail => ({ path, message });

function refuseAny(code: 'node-not-found' | 'guest-not-found' | 'invalid-input', details: ErrorDetail[]): void {
  if (details.length > 0) throw new RefusedError(code, details.map(({ message }) => message).join('; '), details);
}
