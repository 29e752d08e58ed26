import { type ClusterProblem, type ClusterSnapshot, CollectionFailed, type Node } from '@proxbalance/contracts';
import type { Bus } from '@proxbalance/service-kit';

/** What is judged: the latest snapshot, and the latest attempt that gave none. */
export type Seen = {
  snapshot: ClusterSnapshot | null;
  failure: { reason: string; time: string } | null;
  liveIntervalSeconds: number;
  nowMs: number;
};

/** The latest failed attempt to read the cluster, whether or not one succeeded since. */
export function followFailures(bus: Pick<Bus, 'observe'>): () => Seen['failure'] {
  let failure: Seen['failure'] = null;
  bus.observe(CollectionFailed, ({ time, data: { reason } }) => {
    failure = { reason, time };
  });
  return () => failure;
}

/** Why there is nothing to be seen of the cluster yet. */
export function whyNoSnapshot(failure: Seen['failure'], isConfigured: boolean): string {
  if (!isConfigured) return 'no Proxmox is configured: set proxmox_host and an API token';
  return failure ? failure.reason : 'the collector has not read Proxmox so far';
}

/** Everything that is known to be wrong, in words. Pure. */
export function problemsOf(seen: Seen): ClusterProblem[] {
  const { snapshot } = seen;
  if (!snapshot) return readingProblems(seen);
  const nodes = Object.values(snapshot.nodes);
  return [
    ...readingProblems(seen),
    ...problem('no-quorum', snapshot.cluster_health.quorate === false, null),
    ...problem('node-offline', ...named(nodes.filter(({ status }) => status === 'offline').map(({ name }) => name))),
    ...problem('node-unknown', ...named(nodes.filter(({ status }) => status === 'unknown').map(({ name }) => name))),
    ...problem('storage-unavailable', ...named(lostStorages(nodes))),
    ...problem('parts-unknown', ...named(unknownParts(snapshot))),
    ...problem('parts-old', ...named(oldParts(snapshot, seen.liveIntervalSeconds))),
    ...problem('node-parts-unknown', ...named(nodes.filter(isOnline).flatMap(unknownOfNode))),
    ...problem('guests-unknown', ...named(unknownGuests(snapshot))),
  ];
}

const messages: Record<ClusterProblem['code'], string> = {
  'cluster-unreadable': 'The cluster cannot be read now; what is shown is what was read last',
  'no-snapshot': 'The cluster has not been read yet',
  'snapshot-overdue': 'No new snapshot of the cluster came when one was due',
  'no-quorum': 'The cluster has no quorum: nothing can be moved',
  'node-offline': 'A node is offline; its guests cannot be moved',
  'node-unknown': 'The state of a node is not known; its guests are not moved',
  'storage-unavailable': 'A storage cannot be used where it should be',
  'parts-unknown': 'Parts of the cluster could not be read, or are not shown to the token',
  'parts-old': 'Parts of the cluster could not be read again; what is shown of them is older than the rest',
  'node-parts-unknown': 'Parts of a node could not be read',
  'guests-unknown': 'Guests could not be read in full; they are not moved',
};

const problem = (code: ClusterProblem['code'], is: boolean, detail: string | null): ClusterProblem[] =>
  is ? [{ code, message: messages[code], detail }] : [];

const namesMax = 10;

/** Whether there are any, and which: the first of them when they are many. */
function named(names: readonly string[]): [boolean, string] {
  const more = names.length > namesMax ? ` and ${names.length - namesMax} more` : '';
  return [names.length > 0, `${names.slice(0, namesMax).join(', ')}${more}`];
}

/** What waits longest at Proxmox gives up after this long: until then a tick may still succeed. */
const patienceMs = 20_000;

function readingProblems({ snapshot, failure, liveIntervalSeconds, nowMs }: Seen): ClusterProblem[] {
  const takenMs = Date.parse(snapshot?.collected_at ?? '');
  const isFailing = failure !== null && (snapshot === null || Date.parse(failure.time) > takenMs);
  if (isFailing) return problem('cluster-unreadable', true, failure.reason);
  if (!snapshot) return problem('no-snapshot', true, null);
  const isOverdue = nowMs - takenMs > 3 * liveIntervalSeconds * 1000 + patienceMs;
  return problem('snapshot-overdue', isOverdue, `the last one is of ${snapshot.collected_at}`);
}

const isOnline = ({ status }: Node): boolean => status === 'online';

function lostStorages(nodes: readonly Node[]): string[] {
  const lost = nodes
    .filter(isOnline)
    .flatMap(({ name, storage }) => storage.filter(({ active }) => !active).map((one) => [one.storage, name] as const));
  const byStorage = Map.groupBy(lost, ([storage]) => storage);
  return [...byStorage].map(([storage, rows]) => `${storage} on ${rows.map(([, node]) => node).join(' and ')}`);
}

const unknownParts = ({ unknown, read_at }: ClusterSnapshot): string[] => [
  ...unknown,
  ...(read_at.backup === null ? ['backup'] : []),
];

/** Seconds between two readings of what is not read at each tick. */
const everySeconds = { ha: 60, options: 60, ha_rules: 60, backup: 600 } as const;

function oldParts({ collected_at, read_at }: ClusterSnapshot, liveIntervalSeconds: number): string[] {
  return Object.entries(everySeconds).flatMap(([part, seconds]) => {
    const readAt = read_at[part as keyof typeof everySeconds];
    if (readAt === null) return [];
    const ageSeconds = (Date.parse(collected_at) - Date.parse(readAt)) / 1000;
    return ageSeconds > seconds + 2 * liveIntervalSeconds ? [`${part} is of ${readAt}`] : [];
  });
}

const unknownOfNode = ({ name, unknown }: Node): string[] =>
  unknown.length > 0 ? [`${name} (${unknown.join(', ')})`] : [];

/** Those of a node that is not online are not told one by one. */
function unknownGuests({ guests, nodes }: ClusterSnapshot): string[] {
  return Object.values(guests)
    .filter(({ node, unknown }) => unknown.length > 0 && nodes[node]?.status === 'online')
    .map(({ vmid, unknown }) => `${vmid} (${unknown.join(', ')})`);
}
