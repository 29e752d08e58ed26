import type { ClusterSnapshot } from '@proxbalance/contracts';
import { isProxmoxError, type Proxmox, type Timeframe } from '@proxbalance/proxmox';
import { type Log, pause } from '@proxbalance/service-kit';
import { addPast, hasPast } from '../series/add-past.ts';
import { backfillFrom, type PastRow } from '../series/backfill.ts';
import { busiestGuests } from '../series/busiest-guests.ts';
import type { SeriesKind } from '../series/fields.ts';
import { pastOfGuest, pastOfNode } from '../series/past-rows.ts';
import type { Series } from '../series/reader.ts';

/** Fills in what Proxmox kept: once of each node, and once of each guest that matters. */
export type Backfiller = {
  /** Starts with what has no past yet; nobody waits for it. */
  see(proxmox: Source, snapshot: ClusterSnapshot): void;
  /** Resolves when what was begun is done. */
  settled(): Promise<void>;
};

type Source = Pick<Proxmox, 'nodeRrd' | 'guestRrd'>;
type Deps = { series: Series; log: Log; now: () => Date; signal: AbortSignal };
/** Something whose past can be read: its day and its week. */
type Subject = { kind: SeriesKind; id: string; read: () => Promise<[day: PastRow[], week: PastRow[]]> };

/** How often the question is asked which guests matter. */
const guestsEveryMs = 60 * 60_000;
/** Between one guest and the next: whatever else is to be asked of Proxmox comes first. */
const restMs = 25;
/** A week that Proxmox kept in longer steps than this, seconds, is too coarse to do without the day. */
const coarseSeconds = 30 * 60;

export function openBackfiller({ series, log, now, signal }: Deps): Backfiller {
  let guestsSeenAt = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | null = null;
  const fillAll = async (subjects: readonly Subject[]) => {
    let tried = 0;
    for (const subject of await unfilled(series, subjects)) {
      if (signal.aborted) break;
      if (!(await series.catalogue.claimFilling(subject.kind, subject.id))) continue;
      tried++;
      await fill(series, subject, now).catch((error: unknown) => {
        log.warn({ err: error, [subject.kind]: subject.id }, 'its past could not be filled in: tried again later');
        // Who does not answer at all is not asked hundreds of times.
        if (isProxmoxError(error, 'unreachable') || isProxmoxError(error, 'authentication')) throw error;
      });
      await pause(restMs, signal);
    }
    return tried;
  };
  const work = async (nodes: readonly Subject[], guests: readonly Subject[]) => {
    // Nodes that lack their past are new, or Redis is: then the guests may lack theirs, too.
    if ((await fillAll(nodes)) > 0) guestsSeenAt = Number.NEGATIVE_INFINITY;
    await fillAll(guests);
  };
  return {
    see(proxmox, snapshot) {
      if (running) return;
      const areGuestsDue = now().getTime() - guestsSeenAt >= guestsEveryMs;
      if (areGuestsDue) guestsSeenAt = now().getTime();
      // Of the snapshot only this is kept, however long it takes.
      const guests = areGuestsDue ? guestSubjects(proxmox, snapshot) : [];
      running = work(nodeSubjects(proxmox, snapshot), guests)
        .catch((error: unknown) => {
          log.debug({ err: error }, 'filling in was given up for now');
          guestsSeenAt = Number.NEGATIVE_INFINITY;
        })
        .finally(() => {
          running = null;
        });
    },
    settled: async () => void (await running),
  };
}

const nodeSubjects = (proxmox: Source, { nodes }: ClusterSnapshot): Subject[] =>
  Object.values(nodes).flatMap(({ name, status }) => {
    const rows = async (timeframe: Timeframe) => (await proxmox.nodeRrd(name, timeframe)).map(pastOfNode);
    return status === 'online'
      ? [{ kind: 'node', id: name, read: async () => [await rows('day'), await rows('week')] }]
      : [];
  });

/** One request for most: Proxmox VE 9 keeps the week in half hours, and its day in minutes is half a megabyte. */
const guestSubjects = (proxmox: Source, snapshot: ClusterSnapshot): Subject[] =>
  busiestGuests(snapshot).map(({ vmid, type, node }) => {
    const kind = type === 'VM' ? 'qemu' : 'lxc';
    const rows = async (timeframe: Timeframe) => (await proxmox.guestRrd(node, kind, vmid, timeframe)).map(pastOfGuest);
    const read = async (): Promise<[PastRow[], PastRow[]]> => {
      const week = await rows('week');
      const step = (week.at(-1)?.end ?? 0) - (week.at(-2)?.end ?? 0);
      return [step > coarseSeconds ? await rows('day') : [], week];
    };
    return { kind: 'guest', id: String(vmid), read };
  });

async function unfilled({ catalogue }: Series, subjects: readonly Subject[]): Promise<Subject[]> {
  const [first] = subjects;
  if (!first) return [];
  const ids = new Set(
    await catalogue.unfilled(
      first.kind,
      subjects.map(({ id }) => id),
    ),
  );
  return subjects.filter(({ id }) => ids.has(id));
}

async function fill(series: Series, { kind, id, read }: Subject, now: () => Date): Promise<void> {
  const seconds = () => Math.floor(now().getTime() / 1000);
  if (!(await hasPast(series, kind, id, seconds()))) {
    const [day, week] = await read();
    await addPast(series, kind, id, backfillFrom(kind, day, week, seconds()), seconds());
  }
  await series.catalogue.markFilled(kind, id);
}
