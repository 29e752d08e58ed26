import type { Pressure } from '@proxbalance/contracts';

/** A node's version changes with an upgrade; its storages and the pressure of its guests with the work they do. */
const versionEveryMs = 60 * 60_000;
const storageEveryMs = 2 * 60_000;
const pressureEveryMs = 5 * 60_000;
/** A node that could not be read, or that can not use one of its storages, is asked again after this long. */
export const retryMs = 60_000;
/** What could not be read again for this long is not known any more. */
const loadMaxAgeMs = 12 * 60_000;

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

type Known<T> = { value: T; readAt: number };
type Kept<T> = Map<string, Known<T>>;
export type KeptNodeFacts = {
  version: Kept<string>;
  storage: Kept<ReadonlyMap<string, StorageFact>>;
  pressure: Kept<[number, Pressure][]>;
};
/** What is read of each node, how often, and what is kept of it; `isGood`: nothing in it should soon be otherwise. */
export type Part<T> = {
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
export const openParts = () => ({
  version: openPart<string>('version', versionEveryMs),
  storage: openPart<ReadonlyMap<string, StorageFact>>('storage', storageEveryMs, isAllUsable),
  pressure: openPart<[number, Pressure][]>('pressure of guests', pressureEveryMs),
  dueAt: new Map<string, number>(),
});
export type Parts = ReturnType<typeof openParts>;

/** Takes over what another replica kept, where it is newer. */
export function adoptParts({ version, storage, pressure, dueAt }: Parts, kept: KeptNodeFacts): void {
  adoptPart(version, kept.version, dueAt);
  adoptPart(storage, kept.storage, dueAt);
  adoptPart(pressure, kept.pressure, dueAt);
}

function adoptPart<T>(part: Part<T>, kept: Kept<T>, dueAt: Parts['dueAt']): void {
  for (const [node, known] of kept) {
    if (known.readAt <= (part.kept.get(node)?.readAt ?? 0)) continue;
    part.kept.set(node, known);
    part.failed.delete(node);
    dueAt.set(`${part.what} ${node}`, known.readAt + (part.isGood(known.value) ? part.everyMs : retryMs));
  }
}

/** What is known now. */
export function factsOf({ version, storage, pressure }: Parts, nodes: readonly string[], nowMs: number): NodeFacts {
  const limit = nowMs - loadMaxAgeMs;
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

const young = <T>(kept: Kept<T>, limit: number): [string, Known<T>][] =>
  [...kept].filter(([, { readAt }]) => readAt >= limit);

const oldest = (known: readonly [string, Known<unknown>][]): string | null =>
  known.length === 0 ? null : new Date(Math.min(...known.map(([, { readAt }]) => readAt))).toISOString();

const isAllUsable = (storages: ReadonlyMap<string, StorageFact>): boolean =>
  [...storages.values()].every(({ active }) => active);

export const noNodeFacts: NodeFacts = {
  versions: new Map(),
  storages: new Map(),
  pressures: new Map(),
  readAt: { versions: null, storages: null, pressure: null },
};
