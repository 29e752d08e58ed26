import { parseDuration, parseShortSize, parseSize } from './sizes.ts';

/** How far one copy is: a disk's, or the memory's. */
export type DiskProgress = {
  transferredBytes: number;
  /** null: the copy does not say (dd) */
  totalBytes: number | null;
  /** Since the copy began; null: not told */
  elapsedSeconds: number | null;
};

/** What one line of a migration's log tells. */
export type MigrationLine =
  | { type: 'disk'; name: string | null; progress: DiskProgress; bytesPerSecond: number | null }
  | { type: 'memory'; progress: DiskProgress; bytesPerSecond: number | null }
  | { type: 'downtime'; ms: number }
  | { type: 'target'; node: string }
  | { type: 'error'; text: string }
  | { type: 'phase'; phase: 'disks' | 'memory' | 'finishing' };

/** Lines of Proxmox start with a time, those of QEMU and the storage tools do not. */
export const withoutTime = (line: string): string => line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d /, '').trim();

/** Reads one line; null when it tells nothing about the progress. */
export const readLine = (line: string): MigrationLine | null => {
  const text = withoutTime(line);
  for (const { pattern, read } of RULES) {
    const match = pattern.exec(text);
    if (match !== null) return read(match.slice(1).map((group) => group ?? ''));
  }
  return null;
};

type Rule = { pattern: RegExp; read: (groups: string[]) => MigrationLine | null };

const SIZE = String.raw`([\d.]+ ?[A-Za-z]+)`;

const RULES: Rule[] = [
  { pattern: /^ERROR: (.+)$/, read: ([text = '']) => ({ type: 'error', text }) },
  {
    // migration active, transferred 515.4 MiB of 12.6 GiB VM-state (+ 1.0 MiB VFIO-state), 428.3 MiB/s, VM dirties …
    pattern: new RegExp(
      `^migration \\w+, transferred ${SIZE}(?: of ${SIZE})? VM-state(?: \\([^)]*\\))?(?:, ${SIZE}/s)?`,
    ),
    read: ([transferred = '', total = '', rate = '']) => {
      const progress = measured(transferred, total, '');
      return progress && { type: 'memory', progress, bytesPerSecond: parseSize(rate) };
    },
  },
  {
    // mirror-scsi0: transferred 512.0 MiB of 8.0 GiB (6.25%) in 1s, still busy
    // transferred 1.0 GiB of 8.0 GiB (12.50%)
    pattern: new RegExp(`^(?:(\\S+): )?transferred ${SIZE} of ${SIZE} \\([\\d.]+%\\)(?: in ([\\dhmsd ]+))?`),
    read: ([name = '', transferred = '', total = '', elapsed = '']) => {
      const progress = measured(transferred, total, elapsed);
      return progress && { type: 'disk', name: name === '' ? null : name, progress, bytesPerSecond: null };
    },
  },
  {
    // 8589934592 bytes (8.6 GB, 8.0 GiB) copied, 71.2 s, 121 MB/s
    pattern: new RegExp(`^(\\d+) bytes \\([^)]*\\) copied, ([\\d.]+) s, ${SIZE}/s$`),
    read: ([bytes = '', seconds = '', rate = '']) => {
      const progress = { transferredBytes: Number(bytes), totalBytes: null, elapsedSeconds: Number(seconds) };
      return { type: 'disk', name: null, progress, bytesPerSecond: parseSize(rate) };
    },
  },
  {
    // full send of rpool/data/vm-100-disk-0@__migration__ estimated size is 10.0G
    pattern: /^(?:full )?send (?:of|from) (?:\S+ to )?([^\s@]+)@\S+ estimated size is ([\d.]+[BKMGTP]?)$/,
    read: ([name = '', total = '']) => zfs(name, 0, parseShortSize(total)),
  },
  {
    // 12:00:01   2.5G   rpool/data/vm-100-disk-0@__migration__
    pattern: /^\d\d:\d\d:\d\d\s+([\d.]+[BKMGTP]?)\s+([^\s@]+)@\S+$/,
    read: ([transferred = '', name = '']) => zfs(name, parseShortSize(transferred), null),
  },
  {
    pattern: /^average migration speed: .* - downtime (\d+) ms$/,
    read: ([ms = '']) => ({ type: 'downtime', ms: Number(ms) }),
  },
  {
    pattern: /^starting migration of (?:VM|CT) \d+ to node '([^']+)'/,
    read: ([node = '']) => ({ type: 'target', node }),
  },
  {
    pattern: /^Requesting HA migration for .* to node '?([^' ]+)'?$/,
    read: ([node = '']) => ({ type: 'target', node }),
  },
  { pattern: /^starting storage migration|^copying local disk/, read: () => ({ type: 'phase', phase: 'disks' }) },
  { pattern: /^starting online\/live migration/, read: () => ({ type: 'phase', phase: 'memory' }) },
  {
    pattern: /^migration status: completed|^start final cleanup|^migration finished|^TASK (OK|WARNINGS)/,
    read: () => ({ type: 'phase', phase: 'finishing' }),
  },
];

const measured = (transferred: string, total: string, elapsed: string): DiskProgress | null => {
  const transferredBytes = parseSize(transferred);
  if (transferredBytes === null) return null;
  const elapsedSeconds = elapsed === '' ? null : parseDuration(elapsed);
  return { transferredBytes, totalBytes: parseSize(total), elapsedSeconds };
};

const zfs = (name: string, transferredBytes: number | null, totalBytes: number | null): MigrationLine | null =>
  transferredBytes === null
    ? null
    : { type: 'disk', name, progress: { transferredBytes, totalBytes, elapsedSeconds: null }, bytesPerSecond: null };
