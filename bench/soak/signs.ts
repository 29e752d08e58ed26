import type { GetHealth } from '@proxbalance/contracts';
import type { Answer } from '../../tests/support/api.ts';
import type { Fault } from './simulator.ts';
import type { Moment } from './truth.ts';

export type Health = Answer<typeof GetHealth>;
type Problem = Health['problems'][number];

/** Something that is wrong now, and whether health tells of it. */
export type Sign = { what: string; isTold: (problems: readonly Problem[]) => boolean };

/** Faults of which the product feels nothing, or only what it then says of itself, have no sign. */
export function dueSigns({ quorate, nodes, faults }: Moment): Sign[] {
  const down = [...nodes].filter(([, status]) => status === 'offline').map(([name]) => name);
  return [
    ...(quorate ? [] : [sign('no quorum', 'no-quorum')]),
    ...down.map((name) => sign(`node ${name} is offline`, 'node-offline', name)),
    ...faults.flatMap((fault) => signOf(fault, down)),
  ];
}

/** While the cluster can't be read at all, that is told instead of everything else. */
const unreadable = new Set<Problem['code']>(['cluster-unreadable', 'snapshot-overdue', 'no-snapshot']);

const sign = (what: string, code: Problem['code'], word = ''): Sign => ({
  what,
  isTold: (problems) =>
    problems.some(
      (problem) => unreadable.has(problem.code) || (problem.code === code && (problem.detail ?? '').includes(word)),
    ),
});

function signOf({ kind, storage, node, path, ms = 0, times_left }: Fault, down: readonly string[]): Sign[] {
  const hitsList = path === undefined || path === '/cluster/resources';
  if (kind === 'auth-revoked') return [sign('the token is revoked', 'cluster-unreadable')];
  if (kind === 'storage-unavailable' && (node === undefined || !down.includes(node)))
    return [sign(`storage ${storage} is gone`, 'storage-unavailable', storage)];
  if (times_left !== null) return [];
  const breaks = kind === 'api-error' || kind === 'connection-reset' || (kind === 'api-latency' && ms > 15_000);
  if (breaks && hitsList) return [sign(`${kind} on the list of resources`, 'cluster-unreadable')];
  if (kind === 'api-error' && path === '/cluster/status')
    return [sign('quorum not readable', 'parts-unknown', 'quorum')];
  if (kind === 'api-error' && path === '/cluster/tasks') return [sign('tasks not readable', 'parts-unknown', 'tasks')];
  return [];
}
