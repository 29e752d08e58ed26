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
  /** By node, then by storage: whether it can be used there. */
  storages: ReadonlyMap<string, ReadonlyMap<string, boolean>>;
  /** By guest. Proxmox VE 8 tells none. */
  pressures: ReadonlyMap<number, Pressure>;
  readAt: { versions: string | null; storages: string | null; pressure: string | null };
};

export type NodeFactsReader = {
  /** Starts reading what is due, and gives what is known now. */
  refresh(proxmox: Proxmox, nodes: readonly string[]): NodeFacts;
  settled(): Promise<unknown>;
};

type Known<T> = { value: T; readAt: number };
type Kept<T> = Map<string, Known<T>>;
/** What is read of each node, how often, and what is kept of it; `isGood`: nothing in it should soon be otherwise. */
type Part<T> = { what: string; everyMs: number; kept: Kept<T>; isGood?: (value: T) => boolean };

export function openNodeFactsReader(log: Log, now: () => Date, signal: AbortSignal): NodeFactsReader {
  const versions: Kept<string> = new Map();
  const storages: Kept<ReadonlyMap<string, boolean>> = new Map();
  const pressures: Kept<[number, Pressure][]> = new Map();
  const version = { what: 'version', everyMs: versionEveryMs, kept: versions };
  const storage = { what: 'storage', everyMs: loadEveryMs, kept: storages, isGood: isAllUsable };
  const pressure = { what: 'pressure of guests', everyMs: loadEveryMs, kept: pressures };
  const dueAt = new Map<string, number>();
  let running: Promise<unknown> | null = null;

  /** Reads one part of one node, unless it is too early; in vain, it stays as it was until it is too old. */
  const attempt = async <T>(
    { what, everyMs, kept, isGood = () => true }: Part<T>,
    node: string,
    read: () => Promise<T>,
  ) => {
    const key = `${what} ${node}`;
    const at = now().getTime();
    if (at < (dueAt.get(key) ?? 0)) return;
    dueAt.set(key, at + retryMs);
    try {
      const value = await read();
      kept.set(node, { value, readAt: now().getTime() });
      if (isGood(value)) dueAt.set(key, at + everyMs);
    } catch (error) {
      // A right that is missing is missing for long.
      if (isProxmoxError(error, 'permission')) dueAt.set(key, at + everyMs);
      if (isProxmoxError(error, 'node-unreachable')) return;
      log.debug({ err: error, node }, `${what} not readable`);
    }
  };
  const readNode = async (proxmox: Proxmox, node: string) => {
    await attempt(version, node, async () => versionIn(await proxmox.nodeStatus(node)));
    await attempt(storage, node, async () => usable(await proxmox.nodeStorage(node)));
    const running = parseVersion(versions.get(node)?.value ?? '');
    if (!running || !features(running).pressure) return;
    await attempt(pressure, node, async () => {
      const guests = await Promise.all([proxmox.nodeGuests(node, 'qemu'), proxmox.nodeGuests(node, 'lxc')]);
      return guests.flat().flatMap(pressureOf);
    });
  };
  const readAll = async (proxmox: Proxmox, queue: string[]) => {
    const worker = async () => {
      for (let node = queue.shift(); node && !signal.aborted; node = queue.shift()) await readNode(proxmox, node);
    };
    await Promise.all(Array.from({ length: parallel }, worker));
  };
  return {
    refresh(proxmox, nodes) {
      running ??= readAll(proxmox, [...nodes]).finally(() => {
        running = null;
      });
      const limit = now().getTime() - loadMaxAgeMs;
      return {
        versions: new Map([...versions].flatMap(([node, { value }]) => (value === '' ? [] : [[node, value] as const]))),
        storages: new Map(young(storages, limit).map(([node, { value }]) => [node, value])),
        pressures: new Map(young(pressures, limit).flatMap(([, { value }]) => value)),
        readAt: {
          versions: oldest([...versions]),
          storages: oldest(young(storages, limit)),
          pressure: oldest(young(pressures, limit)),
        },
      };
    },
    settled: async () => running,
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
const usable = (rows: readonly NodeStorage[]): Map<string, boolean> =>
  new Map(rows.filter(({ enabled }) => enabled).map(({ storage, active }) => [storage, active]));

const isAllUsable = (storages: ReadonlyMap<string, boolean>): boolean => [...storages.values()].every(Boolean);

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
