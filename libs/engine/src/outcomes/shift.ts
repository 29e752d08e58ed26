import type { LoadShift } from '@proxbalance/contracts';
import { roundTo } from '../numbers.ts';
import { type End, ends, type Look, type NodeLook, type Resource, shareOf } from './look.ts';

/** A shift from a question asked of each resource of each end. */
const shiftOf = (ask: (end: End, resource: Resource) => number | null): LoadShift => {
  const rounded = (end: End, resource: Resource) => {
    const value = ask(end, resource);
    return value === null ? null : roundTo(value, 2) || 0;
  };
  return {
    source_cpu_delta: rounded('source', 'cpu'),
    source_mem_delta: rounded('source', 'mem'),
    target_cpu_delta: rounded('target', 'cpu'),
    target_mem_delta: rounded('target', 'mem'),
  };
};

export const partOf = (shift: LoadShift, end: End, resource: Resource): number | null =>
  shift[`${end}_${resource}_delta`];

/** What the guest takes where it runs now: gone from the source, added to the target, each in points of that node. */
export const predictShift = (before: Look, vmid: number): LoadShift => {
  const guest = before.source.guests[vmid];
  return shiftOf((end, resource) => {
    const share = shareOf(before[end], guest, resource);
    return share === null || end === 'source' ? share : -share;
  });
};

/** What both nodes changed by, without what `othersShift` says. */
export const shiftWithout = (before: Look, after: Look, others: LoadShift): LoadShift =>
  shiftOf((end, resource) => {
    const [was, is, part] = [before[end][resource], after[end][resource], partOf(others, end, resource)];
    return was === null || is === null || part === null ? null : was - is - part;
  });

/**
 * What all other guests did to both nodes meanwhile, whoever moved, started or stopped them, or just because they had more
 * or less to do. Of memory only coming and going counts: what a guest calls used is not what its node has given it.
 */
export const othersShift = (before: Look, after: Look, vmid: number): LoadShift =>
  shiftOf((end, resource) => {
    let sum = 0;
    for (const id of new Set([...Object.keys(before[end].guests), ...Object.keys(after[end].guests)])) {
      const [was, is] = [before[end].guests[id], after[end].guests[id]];
      if (id === String(vmid) || (resource === 'mem' && was && is)) continue;
      const [took, takes] = [shareOf(before[end], was, resource), shareOf(after[end], is, resource)];
      if (took === null || takes === null) return null;
      sum += took - takes;
    }
    return sum;
  });

/** Who came and who went at either end, in words. */
export const comingsAndGoings = (before: Look, after: Look, vmid: number): string[] =>
  ends.flatMap((end) => {
    const came = missingIn(before[end], after[end], vmid);
    const left = missingIn(after[end], before[end], vmid);
    const words = [
      ...(came.length > 0 ? [`came ${listed(came)}`] : []),
      ...(left.length > 0 ? [`left ${listed(left)}`] : []),
    ];
    return words.length > 0 ? [`${end}: ${words.join(', ')}; not counted`] : [];
  });

const missingIn = (one: NodeLook, other: NodeLook, vmid: number): string[] =>
  Object.keys(other.guests).filter((id) => !one.guests[id] && id !== String(vmid));

const namedMax = 10;
const listed = (ids: string[]): string =>
  ids.length > namedMax ? `${ids.slice(0, namedMax).join(' ')} and ${ids.length - namedMax} more` : ids.join(' ');
