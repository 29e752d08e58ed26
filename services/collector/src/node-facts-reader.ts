import type { Pressure } from '@proxbalance/contracts';
import {
  features,
  isProxmoxError,
  type NodeGuest,
  type NodeStatus,
  type NodeStorage,
  type Proxmox,
  parseVersion,
} from '@proxbalance/proxmox';
import type { Log } from '@proxbalance/service-kit';

/** A node's version changes with an upgrade; its storages and the pressure of its guests with the work they do. */
const versionEveryMs = 60 * 60_000;
const loadEveryMs = 5 * 60_000;
/** A node that could not be read, or that can not use one of its storages, is asked again after this long. */
const retryMs = 60_000;
/** What could not be read again for this long is not known any more. */
const loadMaxAgeMs = 12 * 60_000;
const parallel = 4;

/** What only the nodes themselves tell: read now and then in the background, no snapshot waits for it. */
export type NodeFacts = {
  versions: ReadonlyMap<string, string>;
  /** By node, then by storage. A node that could not be asked has null, one that was not asked yet has nothing. */
  storages: ReadonlyMap<string, ReadonlyMap<string, StorageFact> | null>;
  /** By guest. Proxmox VE 8 tells none. */
  pressures: ReadonlyMap<number, Pressure>;
  readAt: { versions: string | null; storages: string | null; pressure: string | null };
};

/** A storage as its node sees it: whether it can be used there, and what guests may still fill of it. */
export type StorageFact = { active: boolean; availableBytes: number };

export type NodeFactsReader = {
  /** Starts reading what is due, and gives what is known now. */
  refresh(proxmox: Proxmox, nodes: readonly string[]): NodeFacts;
  /** What is kept of a connection, for the replica that takes the next tick. */
  kept(proxmox: Proxmox): KeptNodeFacts;
  /** Takes over what another replica kept, where it is newer. */
  adopt(proxmox: Proxmox, kept: KeptNodeFacts): void;
  settled(): Promise<unknown>;
};

type Known<T> = { value: T; readAt: number };
type Kept<T> = Map<string, Known<T>>;
export type KeptNodeFacts = {
  version: Kept<string>;
  storage: Kept<ReadonlyMap<string, StorageFact>>;
  pressure: Kept<[number, Pressure][]>;
};
/** What is read of each node, how often, and what is kept of it; `isGood`: nothing in it should soon be otherwise. */
type Part<T> = {
  what: string;
  everyMs: number;
  kept: Kept<T>;
  failed: Set<string>;
  isGood: (value: T) => boolean;
};

const openPart = <T>(what: string, everyMs: number, isGood: (value: T) => boolean = () => true): Part<T> => ({
  ...{ what, everyMs, isGood },
  kept: new Map(),
  failed: new Set(),
});

/** All that is known of one cluster's nodes. */
const openParts = () => ({
  version: openPart<string>('version', versionEveryMs),
  storage: openPart<ReadonlyMap<string, StorageFact>>('storage', loadEveryMs, isAllUsable),
  pressure: openPart<[number, Pressure][]>('pressure of guests', loadEveryMs),
  dueAt: new Map<string, number>(),
});
type Parts = ReturnType<typeof openParts>;

export function openNodeFactsReader(log: Log, now: () => Date, signal: AbortSignal): NodeFactsReader {
  // What one connection was told is not kept for the next: it may be to another cluster.
  const known = new WeakMap<Proxmox, Parts>();
  const partsOf = (proxmox: Proxmox): Parts => {
    const parts = known.get(proxmox) ?? openParts();
    known.set(proxmox, parts);
    return parts;
  };
  let running: Promise<unknown> | null = null;

  /** Reads one part of one node, unless it is too early; in vain, it stays as it was until it is too old. */
  const attempt = async <T>(part: Part<T>, dueAt: Parts['dueAt'], node: string, read: () => Promise<T>) => {
    const key = `${part.what} ${node}`;
    const at = now().getTime();
    if (at < (dueAt.get(key) ?? 0)) return;
    dueAt.set(key, at + retryMs);
    try {
      const value = await read();
      part.kept.set(node, { value, readAt: now().getTime() });
      part.failed.delete(node);
      if (part.isGood(value)) dueAt.set(key, at + part.everyMs);
    } catch (error) {
      part.failed.add(node);
      // A right that is missing is missing for long.
      if (isProxmoxError(error, 'permission')) dueAt.set(key, at + part.everyMs);
      if (isProxmoxError(error, 'node-unreachable')) return;
      log.debug({ err: error, node }, `${part.what} not readable`);
    }
  };
  const readNode = async (proxmox: Proxmox, { version, storage, pressure, dueAt }: Parts, node: string) => {
    await attempt(version, dueAt, node, async () => versionIn(await proxmox.nodeStatus(node)));
    await attempt(storage, dueAt, node, async () => usable(await proxmox.nodeStorage(node)));
    const running = parseVersion(version.kept.get(node)?.value ?? '');
    if (!running || !features(running).pressure) return;
    await attempt(pressure, dueAt, node, async () => {
      const guests = await Promise.all([proxmox.nodeGuests(node, 'qemu'), proxmox.nodeGuests(node, 'lxc')]);
      return guests.flat().flatMap(pressureOf);
    });
  };
  const readAll = async (proxmox: Proxmox, parts: Parts, queue: string[]) => {
    const worker = async () => {
      for (let node = queue.shift(); node && !signal.aborted; node = queue.shift())
        await readNode(proxmox, parts, node);
    };
    await Promise.all(Array.from({ length: parallel }, worker));
  };
  return {
    refresh(proxmox, nodes) {
      const parts = partsOf(proxmox);
      running ??= readAll(proxmox, parts, [...nodes]).finally(() => {
        running = null;
      });
      return factsOf(parts, nodes, now().getTime() - loadMaxAgeMs);
    },
    kept(proxmox) {
      const { version, storage, pressure } = partsOf(proxmox);
      return { version: version.kept, storage: storage.kept, pressure: pressure.kept };
    },
    adopt(proxmox, kept) {
      const { version, storage, pressure, dueAt } = partsOf(proxmox);
      adoptPart(version, kept.version, dueAt);
      adoptPart(storage, kept.storage, dueAt);
      adoptPart(pressure, kept.pressure, dueAt);
    },
    settled: async () => running,
  };
}

function adoptPart<T>(part: Part<T>, kept: Kept<T>, dueAt: Parts['dueAt']): void {
  for (const [node, known] of kept) {
    if (known.readAt <= (part.kept.get(node)?.readAt ?? 0)) continue;
    part.kept.set(node, known);
    part.failed.delete(node);
    dueAt.set(`${part.what} ${node}`, known.readAt + (part.isGood(known.value) ? part.everyMs : retryMs));
  }
}

function factsOf({ version, storage, pressure }: Parts, nodes: readonly string[], limit: number): NodeFacts {
  const storages = young(storage.kept, limit);
  const unread = nodes.filter((node) => storage.failed.has(node));
  // A guest that has moved is in the lists of two nodes: the newer one is right.
  const pressures = young(pressure.kept, limit).sort(([, one], [, other]) => one.readAt - other.readAt);
  return {
    versions: new Map([...version.kept].flatMap(([node, { value }]) => (value === '' ? [] : [[node, value] as const]))),
    storages: new Map([
      ...unread.map((node) => [node, null] as const),
      ...storages.map(([node, { value }]) => [node, value] as const),
    ]),
    pressures: new Map(pressures.flatMap(([, { value }]) => value)),
    readAt: { versions: oldest([...version.kept]), storages: oldest(storages), pressure: oldest(pressures) },
  };
}

/** `pve-manager/9.2.2/b9984c6d` */
const versionIn = ({ pveVersion }: NodeStatus): string =>
  (pveVersion ?? '').replace(/^pve-manager\//, '').split('/')[0] ?? '';

const young = <T>(kept: Kept<T>, limit: number): [string, Known<T>][] =>
  [...kept].filter(([, { readAt }]) => readAt >= limit);

const oldest = (known: readonly [string, Known<unknown>][]): string | null =>
  known.length === 0 ? null : new Date(Math.min(...known.map(([, { readAt }]) => readAt))).toISOString();

/** A storage that is switched off is none. */
const usable = (rows: readonly NodeStorage[]): Map<string, StorageFact> =>
  new Map(rows.filter(({ enabled }) => enabled).map(({ storage, ...row }) => [storage, toFact(row)]));

const toFact = ({ active, availableBytes }: Omit<NodeStorage, 'storage'>): StorageFact => ({ active, availableBytes });

const isAllUsable = (storages: ReadonlyMap<string, StorageFact>): boolean =>
  [...storages.values()].every(({ active }) => active);

/** A guest that is not running is under no pressure: it is left out. */
function pressureOf({ vmid, pressure }: NodeGuest): [number, Pressure][] {
  if (Object.values(pressure).every((value) => value === null)) return [];
  return [
    [
      vmid,
      {
        cpu_some: pressure.cpuSomePercent,
        io_some: pressure.ioSomePercent,
        io_full: pressure.ioFullPercent,
        memory_some: pressure.memorySomePercent,
        memory_full: pressure.memoryFullPercent,
      },
    ],
  ];
}

export const noNodeFacts: NodeFacts = {
  versions: new Map(),
  storages: new Map(),
  pressures: new Map(),
  readAt: { versions: null, storages: null, pressure: null },
};
