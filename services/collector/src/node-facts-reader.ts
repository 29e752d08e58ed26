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
import {
  adoptParts,
  factsOf,
  type KeptNodeFacts,
  type NodeFacts,
  openParts,
  type Part,
  type Parts,
  retryMs,
  type StorageFact,
} from './node-facts.ts';

const parallel = 4;

export type NodeFactsReader = {
  /** Starts reading what is due, and gives what is known now. */
  refresh(proxmox: Proxmox, nodes: readonly string[]): NodeFacts;
  /** What is kept of a connection, for the replica that takes the next tick. */
  kept(proxmox: Proxmox): KeptNodeFacts;
  /** Takes over what another replica kept, where it is newer. */
  adopt(proxmox: Proxmox, kept: KeptNodeFacts): void;
  settled(): Promise<unknown>;
};

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
      return factsOf(parts, nodes, now().getTime());
    },
    kept(proxmox) {
      const { version, storage, pressure } = partsOf(proxmox);
      return { version: version.kept, storage: storage.kept, pressure: pressure.kept };
    },
    adopt: (proxmox, kept) => adoptParts(partsOf(proxmox), kept),
    settled: async () => running,
  };
}

/** `pve-manager/9.2.2/b9984c6d` */
const versionIn = ({ pveVersion }: NodeStatus): string =>
  (pveVersion ?? '').replace(/^pve-manager\//, '').split('/')[0] ?? '';

/** A storage that is switched off is none. */
const usable = (rows: readonly NodeStorage[]): Map<string, StorageFact> =>
  new Map(rows.filter(({ enabled }) => enabled).map(({ storage, ...row }) => [storage, toFact(row)]));

const toFact = ({ active, availableBytes }: Omit<NodeStorage, 'storage'>): StorageFact => ({ active, availableBytes });

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
