import { type ClusterSnapshot, ClusterSnapshot as Snapshot } from '@proxbalance/contracts';
import type { GuestTruth, Moment, Truth } from './truth.ts';

type Guest = ClusterSnapshot['guests'][string];

/** How far behind the time it states a part may be: the answer was on its way. */
const behindMs = 1500;
/** A moment is known to within this. */
const blurMs = 300;

/**
 * Everything in a snapshot that was not so at any moment around the time the snapshot itself states. What it could not
 * have known any better at that time is not held against it.
 */
export function judgeSnapshot(snapshot: ClusterSnapshot, truth: Truth, nowMs: number): string[] {
  const around = (readAt: string | null) =>
    readAt === null ? null : truth.during(Date.parse(readAt) - behindMs, Date.parse(readAt) + blurMs);
  const resources = around(snapshot.read_at.resources);
  if (!resources) return [];
  const quorum = around(snapshot.read_at.quorum) ?? [];
  const later = truth.during(Date.parse(snapshot.collected_at) - behindMs, nowMs) ?? resources;
  return [
    ...brokenShape(snapshot),
    ...missing(snapshot, resources),
    ...Object.values(snapshot.guests).flatMap((guest) => [
      ...misplaced(guest, resources),
      ...wrongTags(guest, later),
      ...wrongMovable(guest, { resources, quorum, config: around(guest.config_read_at) ?? [] }),
    ]),
    ...Object.values(snapshot.nodes)
      .filter(
        ({ name, status }) => status === 'online' && always(resources, ({ nodes }) => nodes.get(name) === 'offline'),
      )
      .map(({ name }) => `node ${name} is said to be online and was offline`),
  ];
}

/** Whether something was so at every moment; never of no moment at all. */
const always = (moments: readonly Moment[], is: (moment: Moment) => boolean): boolean =>
  moments.length > 0 && moments.every(is);

/** What a half-written snapshot would break. */
function brokenShape(snapshot: ClusterSnapshot): string[] {
  const parsed = Snapshot.safeParse(snapshot);
  const guests = Object.values(snapshot.guests);
  const listed = Object.values(snapshot.nodes).flatMap((node) => node.guests.map((vmid) => `${vmid} on ${node.name}`));
  const placed = guests.filter(({ node }) => snapshot.nodes[node]).map(({ vmid, node }) => `${vmid} on ${node}`);
  const unknown = guests.filter((guest) => guest.unknown.length > 0);
  return [
    ...(parsed.success ? [] : [`breaks its contract: ${parsed.error.issues[0]?.path.join('.')}`]),
    ...(listed.sort().join() === placed.sort().join() ? [] : ['nodes and guests do not say the same of places']),
    ...(snapshot.summary.total_guests === guests.length ? [] : ['counts other guests than it has']),
    ...(snapshot.summary.unknown_guests === unknown.length ? [] : ['counts other unknown guests than it has']),
    ...unknown
      .filter(({ movable }) => movable.online || movable.offline)
      .map(({ vmid }) => `${vmid} is unknown and movable`),
  ];
}

function missing({ guests, nodes }: ClusterSnapshot, moments: readonly Moment[]): string[] {
  const [first] = moments;
  const there = [...(first?.guests.keys() ?? [])].filter((vmid) =>
    always(moments, (moment) => moment.guests.has(vmid)),
  );
  return [
    ...there.filter((vmid) => !guests[vmid]).map((vmid) => `guest ${vmid} is missing`),
    ...[...(first?.nodes.keys() ?? [])].filter((name) => !nodes[name]).map((name) => `node ${name} is missing`),
  ];
}

function misplaced({ vmid, node }: Guest, moments: readonly Moment[]): string[] {
  const known = moments.flatMap(({ guests }) => guests.get(vmid) ?? []);
  if (known.length === 0) return [`guest ${vmid} does not exist`];
  return known.some((truth) => truth.node === node)
    ? []
    : [`guest ${vmid} is said to be on ${node}, was on ${known[0]?.node}`];
}

/** A change that was told since lies over the snapshot. */
function wrongTags({ vmid, tags }: Guest, moments: readonly Moment[]): string[] {
  if (!tags) return [];
  const shown = [...tags.all_tags].sort().join(';');
  const known = moments.flatMap(({ guests }) => guests.get(vmid) ?? []);
  return known.some((truth) => truth.tags === shown) ? [] : [`guest ${vmid} is said to have the tags "${shown}"`];
}

type Windows = { resources: readonly Moment[]; quorum: readonly Moment[]; config: readonly Moment[] };

function wrongMovable({ vmid, movable, config_read_at }: Guest, { resources, quorum, config }: Windows): string[] {
  if (!movable.online && !movable.offline) return [];
  const heldBy = (moments: readonly Moment[], part: keyof Pick<GuestTruth, 'live' | 'config'>) =>
    always(moments, ({ guests }) => (guests.get(vmid)?.[part] ?? '') !== '') && moments[0]?.guests.get(vmid)?.[part];
  const reasons = [
    always(quorum, ({ quorate }) => !quorate) && 'no quorum',
    heldBy(resources, 'live'),
    heldBy(config, 'config'),
    config_read_at === null && 'a configuration nobody has read',
  ].filter((reason) => typeof reason === 'string');
  return reasons.map((reason) => `guest ${vmid} is said to be movable and was held by: ${reason}`);
}
