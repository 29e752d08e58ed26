import { type DiskProgress, type MigrationLine, readLine } from './migration-line.ts';

/** How far a migration is, as told by its task log. */
export type MigrationProgress = {
  /** Whole percent of all bytes known so far, 0 to 100; null before the first. Falls back when the next part shows up. */
  percentage: number | null;
  /** Disks and memory together. */
  transferredBytes: number;
  totalBytes: number;
  /** Of the part that is moving now. */
  bytesPerSecond: number | null;
  phase: 'preparing' | 'disks' | 'memory' | 'finishing';
  /** By job (`mirror-scsi0`), ZFS dataset, or `copy-1`, `copy-2` where the log has no name. */
  disks: Record<string, DiskProgress>;
  memory: DiskProgress | null;
  /** Texts of the `ERROR:` lines, in order. */
  errors: string[];
  /** How long the guest stood still. */
  downtimeMs: number | null;
  targetNode: string | null;
};

const PHASES = ['preparing', 'disks', 'memory', 'finishing'] as const;

type Seen = {
  phase: MigrationProgress['phase'];
  disks: Map<string, DiskProgress>;
  memory: DiskProgress | null;
  /** As told by the newest line of a copy, or of the memory; null: not told */
  copyRate: number | null;
  memoryRate: number | null;
  errors: string[];
  downtimeMs: number | null;
  targetNode: string | null;
};

/**
 * Reads a migration's task log as it grows: give `feed` the new lines, get the state so far.
 * `diskBytes`: what the guest's disks hold together, for copies that do not tell their size.
 */
export const migrationProgress = (diskBytes?: number): { feed: (lines: string[]) => MigrationProgress } => {
  const seen: Seen = {
    phase: 'preparing',
    disks: new Map(),
    memory: null,
    copyRate: null,
    memoryRate: null,
    errors: [],
    downtimeMs: null,
    targetNode: null,
  };
  return {
    feed: (lines) => {
      for (const line of lines.flatMap((text) => text.split('\r'))) take(seen, readLine(line));
      return describe(seen, diskBytes);
    },
  };
};

const take = (seen: Seen, line: MigrationLine | null): void => {
  if (line?.type === 'disk') takeDisk(seen, line);
  if (line?.type === 'memory') {
    const { transferredBytes, totalBytes } = line.progress;
    seen.memory = { ...line.progress, totalBytes: totalBytes ?? transferredBytes };
    seen.memoryRate = line.bytesPerSecond ?? seen.memoryRate;
    reach(seen, 'memory');
  }
  if (line?.type === 'downtime') seen.downtimeMs = line.ms;
  if (line?.type === 'target') seen.targetNode = line.node;
  if (line?.type === 'error') seen.errors.push(line.text);
  if (line?.type === 'phase') reach(seen, line.phase);
};

const takeDisk = (seen: Seen, line: Extract<MigrationLine, { type: 'disk' }>): void => {
  const name = line.name ?? copyName(seen.disks, line.progress);
  const totalBytes = line.progress.totalBytes ?? seen.disks.get(name)?.totalBytes ?? null;
  seen.disks.set(name, { ...line.progress, totalBytes });
  seen.copyRate = line.bytesPerSecond;
  reach(seen, 'disks');
};

/** Lines of the disks go on while the memory is copied: a phase is never left backwards. */
const reach = (seen: Seen, phase: MigrationProgress['phase']): void => {
  if (PHASES.indexOf(phase) > PHASES.indexOf(seen.phase)) seen.phase = phase;
};

const describe = (seen: Seen, diskBytes: number | undefined): MigrationProgress => {
  const disks = [...seen.disks.values()];
  const { transferredBytes, totalBytes } = sum(disks, seen.memory, diskBytes);
  return {
    percentage: totalBytes > 0 ? Math.min(100, Math.floor((100 * transferredBytes) / totalBytes)) : null,
    transferredBytes,
    totalBytes,
    bytesPerSecond: seen.memory === null ? (seen.copyRate ?? rateOf(disks)) : seen.memoryRate,
    phase: seen.phase,
    disks: Object.fromEntries(seen.disks),
    memory: seen.memory,
    errors: [...seen.errors],
    downtimeMs: seen.downtimeMs,
    targetNode: seen.targetNode,
  };
};

/** A copy without a name goes on with the last one, unless it starts over. */
const copyName = (disks: Map<string, DiskProgress>, next: DiskProgress): string => {
  const copies = [...disks.keys()].filter((name) => name.startsWith('copy-'));
  const current = copies.at(-1);
  const startsOver = current === undefined || (disks.get(current)?.transferredBytes ?? 0) > next.transferredBytes;
  return startsOver ? `copy-${copies.length + 1}` : current;
};

/** Memory that the guest writes again is sent again: more than its total, which then grows along. */
const sum = (disks: DiskProgress[], memory: DiskProgress | null, diskBytes = 0) => {
  const parts = memory === null ? disks : [...disks, memory];
  const transferredBytes = parts.reduce((bytes, part) => bytes + part.transferredBytes, 0);
  const told = disks.reduce((bytes, { totalBytes }) => bytes + (totalBytes ?? 0), 0);
  const ofDisks = disks.some(({ totalBytes }) => totalBytes === null) ? Math.max(told, diskBytes) : told;
  const ofMemory = memory === null ? 0 : Math.max(memory.totalBytes ?? 0, memory.transferredBytes);
  return { transferredBytes, totalBytes: ofDisks + ofMemory };
};

/** Mean since the copies began. */
const rateOf = (disks: DiskProgress[]): number | null => {
  const seconds = Math.max(0, ...disks.map(({ elapsedSeconds }) => elapsedSeconds ?? 0));
  const bytes = disks.reduce((total, { transferredBytes }) => total + transferredBytes, 0);
  return seconds > 0 ? Math.round(bytes / seconds) : null;
};
