import {
  type ClusterSnapshot,
  type DataOf,
  type EventContract,
  GuestMoved,
  type GuestTags,
  GuestTagsChanged,
  NodeStatusChanged,
  ThresholdCleared,
  ThresholdCrossed,
} from '@proxbalance/contracts';

/** What consumers of changes compare: small enough to be kept between snapshots. */
export type Outline = {
  nodes: Record<string, { status: string; over: string[] }>;
  guests: Record<string, string>;
  /** Absent in an outline of an older version: nothing is told then. */
  tags?: Record<string, string>;
};

/** An event that is due, with what it is about. */
export type DueEvent<C extends EventContract = EventContract> = { contract: C; data: DataOf<C>; subject: string };

const limits = [
  { resource: 'CPU', limit: 85, read: (node: ClusterSnapshot['nodes'][string]) => node.cpu_percent },
  { resource: 'Memory', limit: 90, read: (node: ClusterSnapshot['nodes'][string]) => node.mem_percent },
] as const;

/** Points below the limit before it counts as cleared, so that a value at the limit does not ring twice a minute. */
const hysteresis = 5;

/** Tags as they are compared: the same ones in another order or case are no change. */
export const tagsKey = (tags: readonly string[]): string => [...tags].sort().join(';');

/**
 * Compares a snapshot with the outline of the one before; gives the new outline and the events between them. `toldTags`:
 * guests whose tags were told since.
 */
export function findChanges(
  before: Outline | null,
  snapshot: ClusterSnapshot,
  toldTags: ReadonlyMap<number, string> = new Map(),
): { outline: Outline; events: DueEvent[] } {
  const tags: Record<string, string> = {};
  const outline: Outline = { nodes: {}, guests: {}, tags };
  const events: DueEvent[] = [];
  for (const node of Object.values(snapshot.nodes)) {
    const was = before?.nodes[node.name];
    const over = thresholds(node, was?.over ?? [], events);
    outline.nodes[node.name] = { status: node.status, over };
    if (before && was?.status !== node.status)
      events.push(statusChange(node.name, node.status, was?.status ?? 'absent'));
  }
  for (const [name, was] of Object.entries(before?.nodes ?? {})) {
    if (!outline.nodes[name]) events.push(statusChange(name, 'absent', was.status));
  }
  for (const guest of Object.values(snapshot.guests)) {
    outline.guests[guest.vmid] = guest.node;
    const was = toldTags.get(guest.vmid) ?? before?.tags?.[guest.vmid];
    const key = guest.tags ? tagsKey(guest.tags.all_tags) : was;
    if (key !== undefined) tags[guest.vmid] = key;
    if (guest.tags && was !== undefined && was !== key) events.push(tagChange(guest.vmid, guest.tags, snapshot));
    const from = before?.guests[guest.vmid];
    if (!from || from === guest.node) continue;
    events.push(due(GuestMoved, { vmid: guest.vmid, name: guest.name, from, to: guest.node }, String(guest.vmid)));
  }
  return { outline, events };
}

function thresholds(node: ClusterSnapshot['nodes'][string], over: string[], events: DueEvent[]): string[] {
  if (node.status !== 'online') return over;
  return limits.flatMap(({ resource, limit, read }) => {
    const value = read(node);
    const wasOver = over.includes(resource);
    const isOver = value > limit || (wasOver && value > limit - hysteresis);
    const data = { node: node.name, resource, value, threshold: limit };
    if (isOver && !wasOver) events.push(due(ThresholdCrossed, data, node.name));
    if (!isOver && wasOver) events.push(due(ThresholdCleared, data, node.name));
    return isOver ? [resource] : [];
  });
}

const tagChange = (vmid: number, parsed: GuestTags, { collected_at }: ClusterSnapshot): DueEvent =>
  due(GuestTagsChanged, { vmid, tags: parsed.all_tags, parsed, read_at: collected_at }, String(vmid));

const statusChange = (node: string, status: string, previous: string): DueEvent =>
  due(NodeStatusChanged, { node, status, previous_status: previous }, node);

const due = <C extends EventContract>(contract: C, data: DataOf<C>, subject: string): DueEvent =>
  ({ contract, data, subject }) as DueEvent;
